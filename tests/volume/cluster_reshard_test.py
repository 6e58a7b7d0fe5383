# SPDX-License-Identifier: MIT
"""Two processes of a bot reshard together, by way of the program monochord-identify-queue, while guilds are busy: first the queue is
killed in the middle and started again, so that both go back, then they take over. Each event is handled by one of them, once, and in the
order of its guild. With --kill one of the processes is killed in the middle first: the other one goes back, and what is started again is
given again what it had not written down.

usage: cluster_reshard_test.py <folder of the programs> [--kill]
"""
import json
import os
import subprocess
import sys
import time

from processes import Bot, Discord, Journal, expect, failures, until

folder, kills = sys.argv[1], '--kill' in sys.argv
discord = Discord(folder, 48, 8)
environment = {'MONOCHORD_QUEUE_SECRET': 'a-s3cret-of-the-queue'}


def start_queue(port):
    one = subprocess.Popen([os.path.join(folder, 'monochord-identify-queue'), '--port', str(port), '--store', 'queue.json',
                            '--max-concurrency', '8', '--remaining', '1000', '--total', '1000', '--reset-after', '86400'],
                           env={**os.environ, **environment}, cwd=discord.work.name, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, text=True)
    line = one.stdout.readline()
    if not line:
        sys.exit('monochord-identify-queue does not start')
    return one, json.loads(line)['url']


queue, environment['MONOCHORD_QUEUE_URL'] = start_queue(0)
journals = [Journal(discord, f'journal-{i}') for i in range(2)]


def start(number):
    return Bot(folder, discord, journals[number], 4, f'sessions-{number}.json', (str(number), '2'),
               {**environment, 'MONOCHORD_QUEUE_OWNER': f'process-{number}'})


bots = [start(0), start(1)]


def both(what, limit=60):
    return until(lambda: all(one.has_told(what) for one in bots), limit)


expect('4 shards come up', both('serving 4'))
discord.flow(1000)
killed_at = 0  # in its journal
if kills:
    for one in bots:
        one.say('reshard 6')
    expect('all new shards come up', until(lambda: discord.counters()['readies'] == 10))
    identifies = discord.counters()['identifies']
    bots[1].kill()
    killed_at = journals[1].size()
    expect('the other one goes back', until(lambda: bots[0].has_told('failed the processes do not reshard together: nothing is heard')))
    bots[1] = start(1)
    expect('what was killed goes on', both('serving 4') and discord.counters()['identifies'] == identifies)
    time.sleep(6)  # a process does not know when the one before it identified
readies, told = discord.counters()['readies'], [len(one.told) for one in bots]
for one in bots:
    one.say('reshard 6')
expect('new shards come up', until(lambda: discord.counters()['readies'] > readies))
queue.kill()
queue.wait()
queue, _ = start_queue(environment['MONOCHORD_QUEUE_URL'].rsplit(':', 1)[1])
expect('both go back when the queue is started again',
       until(lambda: all(any(line.startswith('failed the processes do not reshard together') for line in one.told[before:])
                         for one, before in zip(bots, told))))
expect('the old shards serve', until(lambda: discord.counters()['open_connections'] == 4))

for one in bots:
    one.say('reshard 6')
expect('both take over', both('resharded 6 balanced', 120))
expect('6 shards serve', until(lambda: discord.counters()['open_connections'] == 6))
discord.ebb()


def sizes():
    return [journal.size() for journal in journals]


def settled():
    before = sizes()
    return not until(lambda: sizes() != before, 1)


expect('they handle the rest', until(settled))
for one in bots:
    one.stop()



def part_of(journal, begin, end):
    out = {guild: [] for guild in discord.guilds}
    with open(journal.path) as file:
        file.seek(begin)
        for line in file.read(end - begin).splitlines():
            guild, what = line.split()
            out[guild].append(what)
    return out


parts = [part_of(journals[0], 0, journals[0].size()), part_of(journals[1], killed_at, journals[1].size())]
lost = part_of(journals[1], 0, killed_at)  # of the life that was killed: the next one may begin before its end
wanted = [Journal.event(number) for number in range(discord.rounds)]


def is_right(guild):
    """What was handled before the kill is a beginning of what happened; the rest begins there or before."""
    before = lost[guild]
    if before != wanted[:len(before)]:
        return False
    a, b = parts[0][guild], parts[1][guild]
    begin = discord.rounds - len(a) - len(b)
    return 0 <= begin <= len(before) and wanted[begin:] in (a + b, b + a)


wrong = [guild for guild in discord.guilds if not is_right(guild)]
moved = sum(1 for guild in discord.guilds if parts[0][guild] and parts[1][guild])
told = f': {wrong[0]} has {len(parts[0][wrong[0]])} and {len(parts[1][wrong[0]])}' if wrong else ''
expect(f'all of {discord.sent()} events were handled once and in order{told}', not wrong)
expect(f'{moved} guilds went from one process to the other', moved > 5)
now = discord.counters()
expect(f'no session was lost: {now}', now['invalid_sessions'] == 0)
# Each process has a REST limiter of its own: docs/rate-limits.md.
punished = [one for one in discord.ask('violations')['violations'] if 'GET /gateway/bot' not in one]
expect(f'nothing that Discord would punish: {punished}', not punished)
queue.terminate()
expect('the queue ends in order', queue.wait(30) == 0)
discord.end()
sys.exit(1 if failures else 0)
