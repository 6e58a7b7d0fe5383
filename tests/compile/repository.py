# SPDX-License-Identifier: MIT
"""Habits of the repository that a machine can check: the licence line, the length of files, no path of one machine."""
import re
import shutil
import subprocess

from source_tree import TOP, Report

MOST_LINES = 600
SPDX = 'SPDX-License-Identifier: MIT'
MACHINE_PATH = re.compile(r'(?<![\w.])/(home/\w+|root/|work/|Users/\w+|tmp/build)')
NEEDS_LICENCE = {'.hpp', '.cpp', '.def', '.py', '.sh', '.js', '.mjs'}

report = Report()
git = shutil.which('git')
listed = subprocess.run([git, '-C', TOP, 'ls-files', '-z'], capture_output=True) if git else None
if listed and listed.returncode == 0:
    paths = [TOP / name for name in listed.stdout.decode().split('\0') if name]
else:  # a bare system, or not a checkout but, say, a source archive
    skipped = {'build', 'node_modules', '.git'}
    paths = [path for path in TOP.rglob('*') if path.is_file() and not skipped & set(path.relative_to(TOP).parts)]

for path in sorted(paths):
    name = path.relative_to(TOP).as_posix()
    if not path.is_file() or name.startswith('tests/fuzz/corpus/'):
        continue
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        continue
    report.checked += 1
    lines = text.splitlines()
    if path.suffix in NEEDS_LICENCE and not any(SPDX in line for line in lines[:2]):
        report.fail(path, f'has no line "{SPDX}" at its top')
    generated = any(re.search(r'[Gg]enerated|Written by cmake/', line) for line in lines[:6])
    if re.match(r'(include|src)/', name) and path.suffix in {'.hpp', '.cpp'} and len(lines) > MOST_LINES and not generated:
        report.fail(path, f'has {len(lines)} lines: past {MOST_LINES} there is a second noun inside')
    if path.suffix == '.hpp' and name.startswith('include/') and '#pragma once' not in lines[:5]:
        report.fail(path, 'has no #pragma once')
    if name.startswith('tests/') and path.suffix == '.cpp':
        for number, line in enumerate(lines, 1):
            if re.search(r'TEST_CASE\("[^"]*;', line):
                report.fail(f'{name}:{number}', 'a test name has a semicolon, at which ctest cuts it')
    if name != 'tests/compile/repository.py':
        for number, line in enumerate(lines, 1):
            if match := MACHINE_PATH.search(line):
                report.fail(f'{name}:{number}', f'names a path of one machine: {match.group(0)}')

# rest().request() knows paths by this list.
in_calls = set()
for path in (TOP / 'src/rest').glob('*.cpp'):
    in_calls |= set(re.findall(r'"(/[a-z0-9@_{}/.-]*[a-z0-9@_}-])"', path.read_text()))
listed = set(re.findall(r'PATH\("(.*)"\)', (TOP / 'src/protocol/paths.def').read_text()))
for path in sorted(in_calls - listed):
    report.fail('src/protocol/paths.def', f'lacks {path}')
for path in sorted(listed - in_calls):
    report.fail('src/protocol/paths.def', f'has {path}, for which src/rest has no call')
report.finish('files')
