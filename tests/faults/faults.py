#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The faults by their numbers, with their tests and how these went.

  tests/faults/faults.py BUILD [ARGUMENT...]   runs `ctest -L faults` in the build folder, with more arguments for ctest, and
                                               prints a line for each fault: passed, FAILED, skipped, or that it has no test
  tests/faults/faults.py --check               runs nothing: does each fault of docs/faults.md have a test here?

Exit status 1 when a fault has no test, or a test failed or did not run. The last line of a run is
"N faults, N passed, N failed, N without a test". Titles are the headings of docs/faults.md; a test belongs to the fault that its
name begins with ("fault 07: ...").
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / 'docs' / 'faults.md'
COUNT = 25
NUMBER = re.compile(r'\bfault (\d\d): ')


def titles():
    found = {int(n): title for n, title in re.findall(r'^## (\d+)\. (.*)$', PAGE.read_text(), re.M)}
    if sorted(found) != list(range(1, COUNT + 1)):
        sys.exit(f'{PAGE}: its headings are not "## 1. ..." to "## {COUNT}. ..."')
    return found


def sources():
    """number -> names of the test cases in this folder."""
    found = {n: [] for n in range(1, COUNT + 1)}
    for path in sorted(HERE.glob('*.cpp')):
        for name in re.findall(r'^TEST_CASE\("(.*?)"', path.read_text(), re.M):
            match = NUMBER.match(name)
            if not match or int(match.group(1)) not in found:
                sys.exit(f'{path}: "{name}" does not begin with the number of a fault ("fault 07: ")')
            found[int(match.group(1))].append(name)
    return found


def check():
    named = titles()
    missing = [n for n, tests in sources().items() if not tests]
    for n in missing:
        print(f'fault {n:02} has no test: {named[n]}')
    print(f'{COUNT} faults, {sum(len(tests) for tests in sources().values())} tests, {len(missing)} without a test')
    return 1 if missing else 0


def results(build, arguments):
    """number -> [(name, result)] of what ctest ran."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / 'faults.xml'
        command = ['ctest', '--test-dir', build, '-L', '^faults$', '--output-on-failure', '--output-junit', str(report), *arguments]
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if not report.exists():
            sys.exit(ran.stdout + f'{" ".join(command)} wrote no report')
        cases = xml.parse(report).getroot().iter('testcase')
        out = {n: [] for n in range(1, COUNT + 1)}
        failures = []
        for case in cases:
            result = 'passed'
            skipped = case.find('skipped')
            if case.find('failure') is not None:
                result = 'FAILED'
            elif skipped is not None:  # what could not be started stands there too
                result = 'skipped' if 'SKIP_RETURN_CODE' in skipped.get('message', '') else 'FAILED'
            if result == 'FAILED':
                failures.append(case)
            match = NUMBER.search(case.get('name', ''))
            if match and int(match.group(1)) in out:
                out[int(match.group(1))].append((case.get('name'), result))
        if failures:
            print(ran.stdout)
        return out, len(failures)


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ('-h', '--help'):
        print(__doc__)
        return 2
    if sys.argv[1] == '--check':
        return check()
    named = titles()
    by_number, failed_tests = results(sys.argv[1], sys.argv[2:])
    passed = failed = missing = 0
    for n, tests in by_number.items():
        if not tests:
            word = 'no test'
            missing += 1
        elif all(result == 'passed' for _, result in tests):
            word = 'passed'
            passed += 1
        else:
            word = 'FAILED' if any(result == 'FAILED' for _, result in tests) else 'skipped'
            failed += 1
        print(f'{n:2}  {word:8} {len(tests):2} tests  {named[n]}')
    print(f'{COUNT} faults, {passed} passed, {failed} failed, {missing} without a test')
    return 1 if failed or missing or failed_tests else 0


if __name__ == '__main__':
    sys.exit(main())
