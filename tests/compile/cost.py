# SPDX-License-Identifier: MIT
"""What one translation unit that uses the library costs to compile: CPU seconds (user + system) and memory at -O2.

usage: cost.py <compiler> <source> [flags...]

The budget is 1.2 s and 250 MB. Seconds depend on the machine: so what fails is more than 1.2 s and more than RATIO times a
floor that is compiled in the same run. The floor is what nobody who awaits anything gets below: Asio's awaitable,
any_io_executor and the standard headers of any bot, no code. RATIO is a choice, not a measurement: the library may cost as
much again as what it cannot do without, which is 1.2 s where the floor takes 0.6. Whether 1.2 s was held on this machine is
printed. FLOOR_MB is what the floor takes with g++ 12 of Debian 12 on x86-64; another compiler gets as many more megabytes as
it takes more. Both are compiled alternately and the least of each is taken, since noise only ever adds.
"""
import json
import os
import subprocess
import sys
import tempfile

BUDGET_SECONDS, BUDGET_MB = 1.2, 250
RATIO, FLOOR_MB = 2.0, 150
ROUNDS = 5

FLOOR = '''
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
'''

compiler, source, flags = sys.argv[1], sys.argv[2], sys.argv[3:]


def cost(path):
    """(CPU seconds, peak MB) of the compiler and everything that it started."""
    command = [compiler, '-std=c++20', '-O2', *flags, '-c', path, '-o', os.devnull]
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f'{path} does not compile')
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


with tempfile.TemporaryDirectory() as folder:
    floor_source = os.path.join(folder, 'floor.cpp')
    with open(floor_source, 'w') as file:
        file.write(FLOOR)
    floor, ours = [], []
    for _ in range(ROUNDS):
        floor.append(cost(floor_source))
        ours.append(cost(source))

floor_seconds, floor_mb = (min(column) for column in zip(*floor))
seconds, mb = (min(column) for column in zip(*ours))
allowed_seconds = max(BUDGET_SECONDS, RATIO * floor_seconds)
allowed_mb = BUDGET_MB + max(0.0, floor_mb - FLOOR_MB)
print(f'{"":24}{"CPU s":>8}{"MB":>8}')
print(f'{"floor, this run":24}{floor_seconds:8.2f}{floor_mb:8.0f}')
print(f'{os.path.basename(source):24}{seconds:8.2f}{mb:8.0f}')
print(f'{"budget":24}{BUDGET_SECONDS:8.2f}{BUDGET_MB:8.0f}')
print(f'{"allowed here":24}{allowed_seconds:8.2f}{allowed_mb:8.0f}')
print(f'{os.path.basename(source)} / floor: {seconds / floor_seconds:.2f}')
print(f'{BUDGET_SECONDS} s held on this machine: {"yes" if seconds <= BUDGET_SECONDS else "no"}')
good = seconds <= allowed_seconds and mb <= allowed_mb
if path := os.environ.get('MONOCHORD_BENCH_FIGURES'):  # for tests/bench/report.py
    with open(path, 'a') as file:
        print(json.dumps({'name': 'the hello bot, CPU', 'value': seconds, 'unit': 's', 'floor_name': 'Asio and the standard headers', 'floor': floor_seconds,
                          'ratio': seconds / floor_seconds, 'budget': RATIO, 'good': seconds <= allowed_seconds}), file=file)
        print(json.dumps({'name': 'the hello bot, memory', 'value': mb, 'unit': 'MB', 'budget': BUDGET_MB, 'good': mb <= allowed_mb}), file=file)
sys.exit(0 if good else 1)
