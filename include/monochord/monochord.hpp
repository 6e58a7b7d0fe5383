// SPDX-License-Identifier: MIT
#pragma once

// What an everyday bot needs, and no more, so that it compiles in about a second: rarer nouns of `monochord/model/` and
// `monochord/testing/` have headers of their own.

#include <monochord/client.hpp>
#include <monochord/core/random.hpp>
#include <monochord/core/result.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/interaction_events.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/message_events.hpp>
#include <monochord/model/ready_events.hpp>
#include <monochord/rest/rest.hpp>
#include <monochord/run_blocking.hpp>
