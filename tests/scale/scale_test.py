# SPDX-License-Identifier: MIT
"""A thousand shards in one process: they connect to a mock Discord in another, read a megabyte each, stay for minutes with
their heartbeats, are all cut at once and resume. What one of them needs in memory is measured against a bare Beast websocket
with the same decompressor, a third process, which reads the same from a mock of its own.

usage: scale_test.py <program scale> [--shards N] [--idle SECONDS] [--heartbeat MS] [--speed N] [--compression NAME]...
                     [--no-figures] [--json FILE]

`--speed` is how many times the clock of the identify queue runs faster, whose rule the mock checks accordingly. `--no-figures`
leaves out what means nothing with few shards: the bare process, the budget of memory, and the table of what decoding costs.
Exits with 1 when a promise of docs/sharding.md is not kept.
"""
import argparse
import collections
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time

BUDGET_KIB = 24        # a shard above a bare websocket, both with zlib-stream or zstd-stream
CONCURRENCY = 16
STARTS = 2000          # of the day
MEGABYTE = 1_000_000
SPREAD_SECONDS = 5     # of a thousand attempts after a cut, at the least
PER_SECOND = 300       # and at the most
RESUMED_SECONDS = 30
HARD_LIMIT = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

parser = argparse.ArgumentParser()
parser.add_argument('program')
parser.add_argument('--shards', type=int, default=1000)
parser.add_argument('--idle', type=float, default=300)
parser.add_argument('--heartbeat', type=int, default=41_250)
parser.add_argument('--speed', type=int, default=10)
parser.add_argument('--compression', action='append', choices=['zlib', 'zstd', 'none'])
parser.add_argument('--no-figures', action='store_true')
parser.add_argument('--json')
given = parser.parse_args()
given.program = os.path.abspath(given.program)
compressions = given.compression or ['zstd', 'zlib', 'none']
work = tempfile.TemporaryDirectory()
started, failures = [], []
limit = 900 + len(compressions) * (given.idle + 600)
watchdog = threading.Timer(limit, lambda: [one.process.kill() for one in started])
watchdog.daemon = True
watchdog.start()


def expect(what, condition):
    print(('ok    ' if condition else 'FAILED ') + what, flush=True)
    if not condition:
        failures.append(what)


class Process:
    """One of the roles of the program; takes a command a line, answers with a line of JSON."""

    def __init__(self, role, hard_limit=None, **options):
        # The soft limit is too low for all of them, so each has to raise it.
        hard = hard_limit or HARD_LIMIT
        soft = min(given.shards // 2, 256)
        arguments = [text for name, value in options.items() for text in ('--' + name.replace('_', '-'), str(value))]
        self.role = role
        self.process = subprocess.Popen([given.program, role, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        bufsize=1, cwd=work.name, env={**os.environ, 'HTTPS_PROXY': ''},
                                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
        started.append(self)
        self.first = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f'{self.role} ended, or took too long')
        answer = json.loads(line)
        if 'error' in answer:
            sys.exit(f'{self.role}: {answer["error"]}')
        return answer

    def ask(self, *command):
        self.process.stdin.write(' '.join(str(word) for word in command) + '\n')
        return self.answer()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(60)


def until(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def busiest_second(times_ms):
    window, most = collections.deque(), 0
    for when in times_ms:
        window.append(when)
        while window[0] <= when - 1000:
            window.popleft()
        most = max(most, len(window))
    return most


def memory(process):
    """As it is, and after malloc_trim, which gives the system what the allocator keeps for later."""
    return {'as_is': process.ask('state'), 'trimmed': process.ask('trim')}


def per_shard(before, after, what):
    return {when: (after[when][what] - before[what]) / given.shards for when in ('as_is', 'trimmed')}


def start_mock(heartbeat, identify_interval):
    ca_file = os.path.join(work.name, f'ca-{len(started)}.pem')
    mock = Process('mock', shards=given.shards, heartbeat=heartbeat, max_concurrency=CONCURRENCY, budget=STARTS, ca_file=ca_file,
                   identify_interval=identify_interval)
    return mock, ca_file


def refuse_without_descriptors(mock, options):
    hard_limit = given.shards
    bot = Process('bot', hard_limit=hard_limit, **options)
    bot.ask('run')
    refused = until(lambda: bot.ask('state')['failed'], 20)
    why = bot.ask('state')['why']
    expect(f'too few descriptors are an error: {why}',
           refused and f'{given.shards} shards' in why and str(hard_limit) in why and bot.end() == 1)
    expect('before any shard connects', mock.ask('state')['sockets'] == 0)


def run_shards(compression):
    print(f'--- {given.shards} shards, {compression}', flush=True)
    mock, ca_file = start_mock(given.heartbeat, 5000 // given.speed)
    options = dict(rest=mock.first['rest'], ca_file=ca_file, token=mock.first['token'], shards=given.shards, compression=compression,
                   speed=given.speed, max_concurrency=CONCURRENCY, budget=STARTS)
    refuse_without_descriptors(mock, options)
    bot = Process('bot', **options)
    out = {'before': bot.first}
    bot.ask('run')
    allowed = given.shards / CONCURRENCY * 5 / given.speed * 2 + 60
    ready = mock.ask('readies', given.shards, int(allowed))
    expect(f'all connect, within {ready["seconds"]:.1f} s', ready['met'])
    identifies = mock.ask('state')['identifies']
    expect(f'{identifies} IDENTIFYs of {STARTS}', identifies == given.shards)
    filled = mock.ask('fill', MEGABYTE)
    read_all = until(lambda: bot.ask('state')['messages'] == filled['messages'] * given.shards, 60)
    expect(f'each reads {filled["bytes"]} bytes in {filled["events"]} events', read_all)
    # Heartbeats are when a shard gives back what a large message took; a round of them before anything is measured.
    beats = mock.ask('state')['heartbeats']
    round_of_beats = given.heartbeat / 1000 * 1.3 + 1
    expect('all beat', until(lambda: mock.ask('state')['heartbeats'] >= beats + given.shards, round_of_beats + 20))
    idle_from = bot.ask('state')
    mock_from = mock.ask('state')
    time.sleep(given.idle)
    idle_to = bot.ask('state')
    mock_to = mock.ask('state')
    beats = mock_to['heartbeats'] - mock_from['heartbeats']
    expect(f'{beats} heartbeats in {given.idle:.0f} s, none lost',
           beats >= given.shards * int(given.idle / (given.heartbeat / 1000)) * 0.98 and mock_to['open'] == given.shards)
    out['cpu_percent'] = (idle_to['cpu_s'] - idle_from['cpu_s']) / given.idle * 100
    out['after'] = memory(bot)
    out['descriptor_limit'] = idle_to['descriptor_limit']
    expect(f'the limit of descriptors was raised to {out["descriptor_limit"]}', out['descriptor_limit'] > given.shards)
    print(f'      {per_shard(out["before"], out["after"], "rss_kb")} KiB a shard, {out["cpu_percent"]:.2f} % CPU of all', flush=True)

    mock.ask('cut')
    back = mock.ask('resumed', given.shards, RESUMED_SECONDS)
    expect(f'all are resumed {back["seconds"]:.1f} s after the cut', back['met'])
    arrivals = mock.ask('arrivals')['arrivals_ms']
    spread = (arrivals[-1] - arrivals[0]) / 1000
    most = busiest_second(arrivals)
    out.update(resumed_s=back['seconds'], spread_s=spread, most_per_second=most, attempts=len(arrivals), first_ms=arrivals[0])
    expect(f'{len(arrivals)} attempts, the first after {arrivals[0]} ms, over {spread:.1f} s', given.shards < 1000 or spread >= SPREAD_SECONDS)
    expect(f'{most} of them in the busiest second', most <= PER_SECOND)
    end = mock.ask('state')
    expect('no IDENTIFY', end['identifies'] == identifies and end['invalid_sessions'] == 0)
    expect('the bot has all of its shards', until(lambda: bot.ask('state')['ready'] == given.shards, 10))
    expect(f'Discord has nothing to complain of: {end["violations"]}', end['violations'] == [])
    expect('the bot ends with status 0', bot.end() == 0)
    mock.end()
    return out


def run_bare(compression):
    mock, ca_file = start_mock(3_600_000, 1)
    bare = Process('bare', port=mock.first['port'], ca_file=ca_file, token=mock.first['token'], shards=given.shards,
                   compression=compression)
    out = {'before': bare.first}
    bare.ask('run')
    ready = mock.ask('readies', given.shards, 60)
    expect('as many bare websockets connect', ready['met'])
    filled = mock.ask('fill', MEGABYTE)
    expect('each reads the same', compression == 'none' or until(lambda: bare.ask('state')['bytes'] >= filled['bytes'] * given.shards, 60))
    out['after'] = memory(bare)
    bare.end()
    mock.end()
    return out


def cpu_name():
    for line in open('/proc/cpuinfo'):
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return platform.machine()


results = {'machine': f'{os.cpu_count()} x {cpu_name()}', 'date': time.strftime('%Y-%m-%d'), 'shards': given.shards, 'idle_s': given.idle}
for compression in compressions:
    result = results[compression] = {'shards': run_shards(compression)}
    result['load'] = os.getloadavg()
    mine = result['shards']
    result['kib'] = {what: per_shard(mine['before'], mine['after'], what) for what in ('rss_kb', 'anon_kb', 'pss_kb')}
    if given.no_figures:
        continue
    bare = result['bare'] = run_bare(compression)
    result['bare_kib'] = {what: per_shard(bare['before'], bare['after'], what) for what in ('rss_kb', 'anon_kb', 'pss_kb')}
    result['above_kib'] = {}
    for when in ('as_is', 'trimmed'):
        own, least = result['kib']['rss_kb'][when], result['bare_kib']['rss_kb'][when]
        figure = f'{compression}, {when}: {own:.1f} KiB a shard, {least:.1f} KiB a bare websocket, {own - least:.1f} KiB above it'
        if compression == 'none':  # the budget is that of Discord's streams; what is kept here docs/sharding.md says
            print(f'      {figure}', flush=True)
        else:
            expect(figure, own - least <= BUDGET_KIB)
        result['above_kib'][when] = own - least
if not given.no_figures:
    costs = results['decode'] = Process('decode').first
    print(f'\n{results["machine"]}, {results["date"]}, {given.shards} shards, load {os.getloadavg()[0]:.1f}\n')
    print('compression | KiB a shard | bare websocket | above it | idle CPU of all | bytes an event | decompress | and decode')
    for compression in compressions:
        one, cost = results[compression], costs[compression]
        own, least = one['kib']['rss_kb']['as_is'], one['bare_kib']['rss_kb']['as_is']
        print(f'{compression:11} | {own:11.1f} | {least:14.1f} | {own - least:8.1f} | {one["shards"]["cpu_percent"]:13.2f} % | '
              f'{cost["wire_bytes"]:14.0f} | {cost["inflate_ns"] / 1000:7.2f} us | {cost["decode_ns"] / 1000:7.2f} us')
print(json.dumps(results))
if given.json:
    with open(given.json, 'w') as file:
        json.dump(results, file, indent=1)
watchdog.cancel()
sys.exit(1 if failures else 0)
