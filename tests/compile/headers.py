# SPDX-License-Identifier: MIT
"""Each public header compiles alone, without a warning, and does not bring a heavy library with it.

usage: headers.py <compiler> <include folder> [flags...]
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

from source_tree import Report

HEAVY = re.compile(r'/boost/beast/|/boost/asio\.hpp$|/boost/asio/ssl|/simdjson|/spdlog/|/fmt/|/nlohmann/json\.hpp$'
                   r'|/openssl/|/zlib\.h$|/zstd\.h$|/sqlite3\.h$|/iostream$|/regex$')

compiler, include_folder, flags = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


def compile_alone(header):
    name = header.relative_to(include_folder).as_posix()
    # Included twice, so that a missing guard shows.
    unit = f'#include <{name}>\n#include <{name}>\n'
    command = [compiler, '-std=c++20', '-fsyntax-only', '-H', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror',
               f'-I{include_folder}', *flags, '-x', 'c++', '-']
    done = subprocess.run(command, input=unit, capture_output=True, text=True)
    reached = [line.lstrip('.').strip() for line in done.stderr.splitlines() if re.match(r'\.+ ', line)]
    return name, done, reached


report = Report()
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for name, done, reached in pool.map(compile_alone, sorted(include_folder.rglob('*.hpp'))):
        report.checked += 1
        if done.returncode != 0:
            errors = [line for line in done.stderr.splitlines() if not re.match(r'\.+ ', line)]
            report.fail(name, 'does not compile alone:\n' + '\n'.join(errors[:20]))
        elif not reached:
            report.fail(name, 'the compiler did not say what it includes')
        for heavy in sorted({path for path in reached if HEAVY.search(path)}):
            report.fail(name, f'brings {heavy}')
report.finish('public headers')
