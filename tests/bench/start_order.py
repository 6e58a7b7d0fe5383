#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cmake/start_order.txt: the functions of the library that the hello bot runs until it has its guilds, and those that
bots run at pings and at events of all kinds, by which the archive is ordered (cmake/order_start.cmake). What bots at work run
stands in the order in which it calls each other, for a bot that has slept finds none of it in its caches. To be run when
bench_start says that the bot's memory has grown; a list that is older than the code costs some pages and microseconds, nothing
else. Needs valgrind and a Release build by g++.
  start_order.py <build>/bin"""
import collections
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

NAME_LENGTH = 160  # of mangled names a start is kept, which outlives small changes of arguments
LIST = pathlib.Path(__file__).resolve().parents[2] / 'cmake/start_order.txt'

# In the bot's place: what it ran until it was told to end, which is half a second after the last byte was sent to it.
TRACED = '''#!/bin/bash
valgrind --quiet --tool=callgrind --demangle=no --callgrind-out-file={folder}/trace {folder}/bot & bot=$!
trap 'sleep 5; callgrind_control -d $bot; sleep 1; kill -TERM $bot' TERM
wait $bot; wait $bot; exit 0
'''


def functions(trace, program):
    """Those of the program that callgrind has seen at work: each before what it calls, in the order of its own code."""
    names, objects, its_object = {}, {}, {}
    calls = collections.defaultdict(list)
    here = function = callee = None
    callee_object, is_call, address = None, False, 0

    def known(table, number, name):
        if name:
            table[number] = re.sub(r"'\d+$", '', name)
        return table[number]

    for line in trace.read_text().splitlines():
        if match := re.fullmatch(r'(c?)(ob|fn)=\((\d+)\)(?: (.*))?', line):
            is_callee, kind, number, name = match.groups()
            if kind == 'ob':
                named_object = known(objects, number, name)
                here, callee_object = (here, named_object) if is_callee else (named_object, callee_object)
            elif is_callee:
                callee = known(names, number, name)
                its_object.setdefault(callee, callee_object or here)
            else:
                function = known(names, number, name)
                its_object[function] = here
                calls[function]  # it has run
        elif line.startswith('calls='):
            is_call = True
        elif match := re.match(r'(0x[0-9a-f]+|[+-]\d+|\*|\d+)', line):
            at = match.group(1)
            address = address + int(at) if at[0] in '+-' else address if at == '*' else int(at, 0)
            if is_call:
                calls[function].append((address, callee))
            is_call, callee_object = False, None
    called = {one for those in calls.values() for _, one in those}
    order, seen = [], set()
    for first in sorted(calls, key=lambda one: one in called):  # what nobody calls first
        left = [first]
        while left:
            one = left.pop()
            if one in seen:
                continue
            seen.add(one)
            order.append(one)
            left.extend(further for _, further in sorted(calls.get(one, ()), key=lambda call: call[0], reverse=True))
    return [one for one in order if its_object[one] == str(program)]


def named(names, program):
    """All names of these functions: one is as good as the other to the linker."""
    symbols = subprocess.run(['nm', program], capture_output=True, text=True, check=True).stdout
    address, aliases = {}, collections.defaultdict(set)
    for line in symbols.splitlines():
        if len(parts := line.split()) == 3:
            address[parts[2]] = parts[0]
            aliases[parts[0]].add(parts[2])
    return [alias for name in names for alias in sorted(aliases[address.get(name)])
            if alias.startswith('_Z') and not alias.endswith('.localalias')]  # no section is named so


def of_a_start(binaries, folder):
    for program in ('bench_start', 'bench_hello_floor'):
        shutil.copy(binaries / program, folder)
    shutil.copy(binaries / 'bench_hello_bot', folder / 'bot')
    wrapper = folder / 'bench_hello_bot'
    wrapper.write_text(TRACED.format(folder=shlex.quote(str(folder))))
    wrapper.chmod(0o755)
    subprocess.run([folder / 'bench_start', '--once', 'hello'])  # its figure is the wrapper's
    return named(functions(folder / 'trace.1', folder / 'bot'), folder / 'bot')


def of_work(binaries, folder, program, *what):
    """Of a benchmark that has callgrind look at nothing but what is measured."""
    own = shutil.copy(binaries / program, folder)
    run = subprocess.Popen(['valgrind', '--quiet', '--tool=callgrind', '--demangle=no', '--instr-atstart=no', '--dump-instr=yes',
                            f'--callgrind-out-file={folder}/{program}.%p', own, '--once', *what])
    if run.wait() != 0:
        sys.exit(f'{program} {what} has failed')
    return named(functions(folder / f'{program}.{run.pid}', own), own)


def main():
    binaries = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        start = of_a_start(binaries, folder)
        work = (of_work(binaries, folder, 'bench_ping', 'ours', '200') + of_work(binaries, folder, 'bench_events', 'wanted:zlib', '5000') +
                of_work(binaries, folder, 'bench_events', 'wanted:zstd', '5000'))
    if len(start) < 500 or len(work) < 500:
        sys.exit(f'only {len(start)} functions of a start and {len(work)} of work were seen')
    work = list(dict.fromkeys(one[:NAME_LENGTH] for one in work))
    start = sorted({one[:NAME_LENGTH] for one in start} - set(work))
    LIST.write_text('# Generated by tests/bench/start_order.py: where in a program each function that a start or a bot at work runs is, and\n'
                    '# how its name begins.\n' + ''.join(f'startup {one}\n' for one in start) + ''.join(f'work {one}\n' for one in work))
    (binaries.parent / 'src/libmonochord.a').unlink(missing_ok=True)  # the next build makes it anew
    print(f'{len(start)} functions of a start alone, {len(work)} of work')


main()
