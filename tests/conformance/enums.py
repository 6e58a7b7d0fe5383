# SPDX-License-Identifier: MIT
"""Every enum that Discord documents for bots has a type of ours, and that type every member with its value: those of the
documentation and those that only the specification has. An enum is found by the anchor in the comment before it.

usage: enums.py, with MONOCHORD_DISCORD_DATA set to the folder with Discord's API as data
"""
import json
import os
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
ANCHOR = re.compile(r'https://docs\.discord\.com/developers/(\S+?#[\w.\-]+)')
ENUM = re.compile(r'((?:^[ ]*///[^\n]*\n)+)enum class (\w+) : ([\w:]+) \{(.*?)\};', re.M | re.S)
TEXTS = re.compile(r'((?:^[ ]*///[^\n]*\n)+)struct (\w+)_names \{(.*?)\};', re.M | re.S)

# Enums that are said in another way.
ELSEWHERE = {
    'interactions/application-commands#application-command-permissions-constants':
        'everyone(guild) and all_channels(guild) of application_command_permissions.hpp: computed from the guild',
}
# Members that are no values.
NO_VALUE = {
    ('topics/opcodes-and-status-codes#http-http-response-codes', '5xx'): 'server_error stands for it',
    ('topics/teams#team-member-roles-team-member-role-types', ''): 'the owner has no role',
}
# Other anchors of one enum of ours.
SAME = {
    'resources/guild#guild-object-mutable-guild-features': 'resources/guild#guild-object-guild-features',
}
# Enums whose members are documented as sentences, so that ours have short names: half of their words are Discord's, two at
# least (or all). Of those that say it in other words, the sentence.
SENTENCES = {
    'topics/opcodes-and-status-codes#json-json-error-codes': {
        'missing_permissions': 'You lack permissions to perform that action',
        'file_too_large': 'File uploaded exceeds the maximum size',
        'sticker_framerate_out_of_range': 'Sticker frame rate is either too small or too large',
    },
}
# Members with another name than documented.
RENAMED = {
    ('activity_location_kind', 'guild_channel'): 'gc',  # as the specification calls it
    ('activity_location_kind', 'private_channel'): 'pc',
}


def number(text):
    if len(text) == 3 and text[0] == text[2] == "'":
        return ord(text[1])
    text = text.replace('std::uint64_t{1}', '1').replace("'", '')
    text = re.sub(r'(?<=\d)U?L*\b', '', text)
    left, shift, right = text.partition('<<')
    return int(left, 0) << int(right, 0) if shift else int(left, 0)


def code(text):
    return re.sub(r'//.*', '', text)


def ours():
    """anchor -> [(name of the type, {value: member})]"""
    found = {}
    for path in sorted((TOP / 'include/monochord').rglob('*.hpp')):
        text = path.read_text()
        for comment, name, _, body in ENUM.findall(text):
            pairs = re.findall(r'(\w+) = ([^,\n]+)', code(body))
            values = {number(value.strip()): member for member, value in pairs}
            if len(values) != len(pairs):
                sys.exit(f'{name} has a value twice')
            for anchor in ANCHOR.findall(comment):
                found.setdefault(anchor, []).append((name, values))
        for comment, name, body in TEXTS.findall(text):
            values = {value: member for member, value in re.findall(r'(\w+) = "([^"]*)"', code(body))}
            for anchor in ANCHOR.findall(comment):
                found.setdefault(anchor, []).append((name, values))
    return found


def plain(name):
    """A name without what the two spellings do differently."""
    return re.sub(r'[^a-z0-9]', '', name.lower())


def says(name, sentence):
    """Whether a short name says what a sentence does."""
    theirs = {word[:4] for word in re.findall(r'[a-z0-9]+', sentence.lower())}
    words = name.split('_')
    shared = sum(word[:4] in theirs for word in words)
    return shared == len(words) or (shared >= 2 and 2 * shared >= len(words))


def values_of(kind, value):
    """The values that one documented member stands for."""
    if kind in ('int', 'flags'):
        return [int(value)]
    text = re.sub(r' \[\d\]$', '', str(value))  # a footnote
    return [int(text)] if text.isdigit() else text.split(', ')


def main():
    folder = os.environ.get('MONOCHORD_DISCORD_DATA')
    if not folder:
        print('SKIPPED: MONOCHORD_DISCORD_DATA is not set to the folder with Discord\'s API as data')
        return 77
    data = json.loads((pathlib.Path(folder) / 'enums.json').read_text())
    only_in_spec = {entry['docs']: entry.get('spec_only', []) for entry in data['enum_differences']}
    have = ours()
    failures = []
    covered = elsewhere = members = 0
    enums = [enum for enum in data['enums'] if enum.get('group') != 'other']
    for enum in enums:
        anchor = f"{enum['page']}#{enum['anchor']}"
        if anchor in ELSEWHERE:
            print(f'  elsewhere: {anchor}: {ELSEWHERE[anchor]}')
            elsewhere += 1
            continue
        before = len(failures)
        types = have.get(anchor) or have.get(SAME.get(anchor, ''))
        if not types:
            failures.append(f'{anchor} has no enum')
            continue
        values = {value for member in enum['members'] for value in values_of(enum['kind'], member[1])}
        name, known = max(types, key=lambda one: len(values & one[1].keys()))
        left = dict(known)
        for member in [m[:2] for m in enum['members']] + only_in_spec.get(anchor, []):
            if (anchor, str(member[1])) in NO_VALUE:
                print(f"  no value: {anchor} {member[0]}: {NO_VALUE[anchor, str(member[1])]}")
                continue
            for value in values_of(enum['kind'], member[1]):
                members += 1
                left.pop(value, None)
                if value not in known:
                    failures.append(f'{name} has no {member[0]} = {value!r}')
                    continue
                mine = known[value]
                if plain(mine) in (plain(member[0]), plain(str(value))) or RENAMED.get((name, mine)) == member[0]:
                    continue
                if anchor in SENTENCES and (says(mine, member[0]) or SENTENCES[anchor].get(mine) == member[0]):
                    continue
                failures.append(f'{name}::{mine} = {value!r} is called {member[0]!r} by Discord')
        covered += len(failures) == before
        if left and anchor not in SAME:
            print(f"  not documented: {name}: {', '.join(f'{m} = {v!r}' for v, m in left.items())}")
    unused = set(RENAMED) - {(name, member) for types in have.values() for name, values in types for member in values.values()}
    failures += [f'{name}::{member} needs no other name' for name, member in unused]
    for failure in failures:
        print(f'  FAILED: {failure}')
    print(f'enums {covered + elsewhere} / {len(enums)}, of which elsewhere {elsewhere}; {members} members')
    return 1 if failures else 0


sys.exit(main())
