# SPDX-License-Identifier: MIT
"""Every call of a route tells in its docstring where Discord describes it, or that Discord does not; and of what Discord
describes every permission that the description names and every event that it fires.

usage: docstrings.py, with MONOCHORD_DISCORD_DATA set to the folder with Discord's API as data
"""
import json
import os
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CALL = re.compile(r'((?:^  ///[^\n]*\n)*)^  task<[^;{]*?\b(\w+)\(', re.M)
PAGE = 'https://docs.discord.com/developers/'
UNDOCUMENTED = re.compile(r'not document|documents these routes with|specification, not in')
# What a description names without its being needed.
NAMED_OTHERWISE = {
    ('start_thread_in_forum_or_media_channel', 'PUBLIC_THREAD'): 'a type of channel',
    ('remove_thread_member', 'PRIVATE_THREAD'): 'a type of channel',
}


def snake(name):
    return re.sub(r'[^a-z0-9]+', '_', name.lower()).strip('_')


def main():
    folder = os.environ.get('MONOCHORD_DISCORD_DATA')
    if not folder:
        print('SKIPPED: MONOCHORD_DISCORD_DATA is not set to the folder with Discord\'s API as data')
        return 77
    routes = json.loads((pathlib.Path(folder) / 'routes.json').read_text())['routes']
    described = {snake(docs['name']): docs for route in routes for docs in route.get('docs', [])}
    calls, group = {}, {}
    for path in sorted((TOP / 'include/monochord/rest').glob('*.hpp')):
        text = path.read_text()
        start = re.search(r'((?:^///[^\n]*\n)+)class \w+_routes \{', text, re.M)
        if not start:
            continue
        for comment, name in CALL.findall(text):  # overloads share the first one's
            calls[name] = calls.get(name, '') + comment
            group[name] = start.group(1)
    failures, good, unused = [], 0, dict(NAMED_OTHERWISE)
    for name, comment in calls.items():
        flat = re.sub(r'\s*\n\s*///\s*', ' ', comment)
        wrong = [] if PAGE in flat or UNDOCUMENTED.search(flat + re.sub(r'\s*\n///\s*', ' ', group[name])) else ['its page']
        docs = described.get(name, {})
        for word in docs.get('permissions_named', []) + docs.get('fires', []):
            if re.search(rf'\b{word}\b', flat) or unused.pop((name, word), None):
                continue
            wrong.append(word)
        good += not wrong
        if wrong:
            failures.append(f'{name} does not say {", ".join(wrong)}')
    failures += [f'{name} needs no exception for {word}' for name, word in unused]
    for failure in failures:
        print(f'  FAILED: {failure}')
    print(f'docstrings {good} / {len(calls)}')
    return 1 if failures or not calls else 0


sys.exit(main())
