# SPDX-License-Identifier: MIT
"""A process of a bot is stopped (SIGTERM) and killed (SIGKILL), again and again, while events flow: its sessions go on, nothing is lost,
and nothing comes twice but what a killed process had handled last.

usage: restart_test.py <folder of the programs> --shards N --events N --lives N [--cache]
--cache: with a cache, written every second.
MONOCHORD_SEED=n has an earlier run's moments again.
"""
import argparse
import os
import random
import sys
import time

from processes import Bot, Discord, Journal, expect, failures, stored_sessions, until

arguments = argparse.ArgumentParser()
arguments.add_argument('folder')
for name in ('shards', 'events', 'lives'):
    arguments.add_argument('--' + name, type=int, required=True)
arguments.add_argument('--cache', action='store_true')
wanted = arguments.parse_args()
seed = int(os.environ.get('MONOCHORD_SEED') or random.SystemRandom().randrange(10**9))
print(f'MONOCHORD_SEED={seed}', flush=True)
dice = random.Random(seed)

discord = Discord(wanted.folder, 2 * wanted.shards, wanted.shards)
journal = Journal(discord)
cached = {'VOLUME_CACHE': os.path.join(discord.work.name, 'cache')} if wanted.cache else {}
bot = Bot(wanted.folder, discord, journal, wanted.shards, environment=cached)
expect('all shards come up', until(lambda: discord.counters()['readies'] == wanted.shards))
expect('their sessions are stored', until(lambda: stored_sessions(discord) == wanted.shards))
if wanted.cache:  # whoever is killed before that has to begin anew
    expect('the cache is kept', until(lambda: os.path.exists(os.path.join(discord.work.name, 'cache'))))
# Whoever starts asks Discord for the gateway's address, and may do so twice in 5 seconds: after a short life comes a long one.
two_lives = 5.6
discord.flow(wanted.events / (wanted.lives * 3), limit=wanted.events)
lasts = two_lives
for life in range(1, wanted.lives):
    least = max(0.2, two_lives - lasts)
    lasts = dice.uniform(least, max(least, 3))
    end = time.monotonic() + lasts
    until(lambda: time.monotonic() >= end)  # while events flow, at any moment: some are killed before they are up
    stopped = dice.random() < 0.5
    expect(f'life {life} is {"stopped" if stopped else "killed"} after {discord.sent()} events', discord.source.is_alive())
    bot.stop() if stopped else bot.kill()
    journal.judge(stopped)
    bot = Bot(wanted.folder, discord, journal, wanted.shards, environment=cached)
discord.source.join()
expect('the last one comes up', until(lambda: bot.has_told('serving')))


def settled():
    size = journal.size()
    return not until(lambda: journal.size() != size, 1)


expect('it handles the rest', until(settled))
bot.stop()
journal.judge(True)
expect(f'all of {discord.sent()} events were handled, {journal.repeated} again after a kill', journal.all_handled())
now = discord.counters()
expect(f'no session was begun anew: {now}', now['identifies'] == wanted.shards and now['invalid_sessions'] == 0)
expect('nothing that Discord would punish', now['violations'] == 0)
discord.end()
sys.exit(1 if failures else 0)
