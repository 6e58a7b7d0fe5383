# SPDX-License-Identifier: MIT
"""A process of a bot is killed while another number of shards takes over, at several moments: what is started again with the old number
goes on with the old sessions, and what is killed after it with the new ones. Nothing is lost, and each guild keeps its order.

usage: reshard_test.py <folder of the programs> [--every-moment]
"""
import sys
import time

from processes import Bot, Discord, Journal, expect, failures, until

folder, every_moment = sys.argv[1], '--every-moment' in sys.argv
discord = Discord(folder, 48, 4)  # so many shards may IDENTIFY each 5 seconds
journal = Journal(discord)
resumed = 0


def count(what):
    return discord.counters()[what]


def settled():
    size = journal.size()
    return not until(lambda: journal.size() != size, 1)


def start(shards):
    """With sessions that are there."""
    global resumed
    before = count('identifies')
    resumed += shards
    one = Bot(folder, discord, journal, shards)
    expect(f'{shards} shards resume', until(lambda: one.has_told(f'serving {shards}')) and count('resumed') == resumed)
    expect('nobody identifies', count('identifies') == before)
    # A process does not know when the one before it identified: nobody may within 5 seconds.
    until(lambda: time.monotonic() > identified + 6)
    return one


def end(one, stopped):
    global identified
    identified = time.monotonic()  # at the latest
    one.stop() if stopped else one.kill()
    journal.judge(stopped)


bot = Bot(folder, discord, journal, 4)
expect('4 shards come up', until(lambda: bot.has_told('serving 4')) and count('identifies') == 4)
discord.flow(2000)

bot.say('reshard 9')
expect('4 of 9 new shards are up', until(lambda: count('readies') == 8))
end(bot, stopped=False)
if every_moment:
    bot = start(4)
    bot.say('reshard 9')
    expect('8 of 9 new shards are up', until(lambda: count('readies') == 16))
    end(bot, stopped=True)
    bot = start(4)
    bot.say('reshard 9')
    expect('commands go to the new shards', until(lambda: bot.has_told('serving 9')))
    end(bot, stopped=False)
    bot = start(4)
    bot.say('reshard 9')
    expect('the new shards take over', until(lambda: bot.has_told('resharded 9 balanced')))
    end(bot, stopped=False)
    bot = start(9)
    bot.say('reshard 16')
    expect('the next ones take over', until(lambda: bot.has_told('resharded 16 balanced')))
    end(bot, stopped=True)
    bot = start(16)
else:
    bot = start(4)
discord.ebb()
expect('it handles the rest', until(settled))
end(bot, stopped=True)

expect(f'all of {discord.sent()} events were handled, {journal.repeated} again after a kill', journal.all_handled())
now = discord.counters()
expect(f'no session was lost: {now}', now['invalid_sessions'] == 0)
expect('nothing that Discord would punish', now['violations'] == 0)
discord.end()
sys.exit(1 if failures else 0)
