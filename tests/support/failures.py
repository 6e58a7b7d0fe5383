# SPDX-License-Identifier: MIT
"""The failed tests of a report that ctest wrote (--output-junit), each with the end of what it printed.

usage: failures.py <report>
"""
import sys
import xml.etree.ElementTree

LINES = 40

for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter('testcase'):
    if case.get('status') in ('run', 'disabled'):
        continue
    skipped = case.find('skipped')
    if skipped is not None and skipped.get('message', '').startswith('SKIP_RETURN_CODE'):
        continue
    print(f'--- FAILED {case.get("name")} ({float(case.get("time", 0)):.1f} s), the end of its output:')
    output = (case.findtext('system-out') or '').strip().splitlines()
    print('\n'.join(output[-LINES:]))
