// SPDX-License-Identifier: MIT
#pragma once

// CALLGRIND_START_INSTRUMENTATION and CALLGRIND_STOP_INSTRUMENTATION: with --instr-atstart=no callgrind sees what is measured
// and nothing else. They are nothing where valgrind's headers are not there.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif
