# SPDX-License-Identifier: MIT
"""Each public header compiles alone, without a warning, and does not bring a heavy library with it.

usage: headers.py <compiler> <include folder> [flags...]

What comes from outside is the same for most, and most of the work: it is compiled once for all of them. A header is compiled
upon such a base only when it includes everything in it, by itself or by other headers of ours, which are checked themselves;
so it sees nothing there that it would not see alone.
"""
import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from source_tree import Report

HEAVY = re.compile(r'/boost/beast/|/boost/asio\.hpp$|/boost/asio/ssl|/simdjson|/spdlog/|/fmt/|/nlohmann/json\.hpp$'
                   r'|/openssl/|/zlib\.h$|/zstd\.h$|/sqlite3\.h$|/iostream$|/regex$')

compiler, include_folder, flags = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


# Each with everything in the one before.
STANDARD = ['chrono', 'cstdint', 'memory', 'optional', 'string', 'string_view']
ASIO = [*STANDARD, 'boost/asio/awaitable.hpp']
BASES = {'standard': STANDARD, 'asio': ASIO}


@functools.cache
def included_by(header):
    """What a header of ours includes from outside, by itself or by other headers of ours."""
    found = set()
    for name in re.findall(r'^#include <([^>]+)>', header.read_text(), re.MULTILINE):
        ours = include_folder / name
        if ours.is_file():
            found |= included_by(ours)
        else:
            found.add(name)
    return frozenset(found)


def command_for(*more):
    return [compiler, '-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror', f'-I{include_folder}', *flags, *more]


def reached_in(text):
    return [line.lstrip('.').strip() for line in text.splitlines() if re.match(r'\.+ ', line)]


def compile_base(name):
    """Its path, and what it reaches."""
    path = pathlib.Path(folder.name) / f'{name}.hpp'
    path.write_text(''.join(f'#include <{one}>\n' for one in BASES[name]))
    done = subprocess.run(command_for('-H', '-x', 'c++-header', str(path), '-o', f'{path}.gch'), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f'what headers include from outside does not compile:\n{done.stderr}')
    return path, reached_in(done.stderr)


def compile_alone(header):
    name = header.relative_to(include_folder).as_posix()
    base = max((one for one in BASES if included_by(header).issuperset(BASES[one])), key=lambda one: len(BASES[one]), default=None)
    upon, reached = [], []
    if base:
        path, reached = bases[base]
        upon = ['-include', str(path)]
    # Included twice, so that a missing guard shows.
    unit = f'#include <{name}>\n#include <{name}>\n'
    done = subprocess.run(command_for('-fsyntax-only', '-H', '-Winvalid-pch', *upon, '-x', 'c++', '-'), input=unit, capture_output=True, text=True)
    return name, done, [*reached, *reached_in(done.stderr)], base


folder = tempfile.TemporaryDirectory()
report = Report()
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    bases = dict(zip(BASES, pool.map(compile_base, BASES)))
    upon_bases = 0
    for name, done, reached, base in pool.map(compile_alone, sorted(include_folder.rglob('*.hpp'))):
        report.checked += 1
        upon_bases += base is not None
        if done.returncode != 0:
            errors = [line for line in done.stderr.splitlines() if not re.match(r'(\.+|!) ', line)]
            report.fail(name, 'does not compile alone:\n' + '\n'.join(errors[:20]))
        elif not reached:
            report.fail(name, 'the compiler did not say what it includes')
        for heavy in sorted({path for path in reached if HEAVY.search(path)}):
            report.fail(name, f'brings {heavy}')
print(f'{upon_bases} of them upon what they include from outside')
report.finish('public headers')
