# SPDX-License-Identifier: MIT
"""What the checks of this folder share: finding sources, reading their #include lines, reporting."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
INCLUDE_LINE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)


def sources(*folders, suffixes=('.hpp', '.cpp', '.def', '.ipp')):
    for folder in folders:
        for path in sorted((TOP / folder).rglob('*')):
            if path.suffix in suffixes and path.is_file():
                yield path


def includes(path):
    """(line number, what is included) of each #include line."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := INCLUDE_LINE.match(line):
            yield number, match.group(1)


def code(path):
    """The text without comments; line numbers are kept."""
    return COMMENT.sub(lambda match: '\n' * match.group(0).count('\n'), path.read_text())


class Report:
    def __init__(self):
        self.failures = 0
        self.checked = 0

    def fail(self, where, what):
        self.failures += 1
        if isinstance(where, pathlib.Path) and where.is_relative_to(TOP):
            where = where.relative_to(TOP)
        print(f'{where}: {what}')

    def finish(self, noun):
        print(f'{self.checked} {noun} checked, {self.failures} failures')
        sys.exit(1 if self.failures or not self.checked else 0)
