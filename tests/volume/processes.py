# SPDX-License-Identifier: MIT
"""A mock Discord and a bot as processes of their own, and what the bot has written down compared with what happened: in each guild a
message with its number, somebody types twice, the message is erased, and so on. What a process of the bot has handled of a guild has to
be a part of that without a gap. It begins where the process before it ended: exactly there if that one was stopped, there or before that
if it was killed."""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

failures = []


def expect(what, condition):
    print(('ok    ' if condition else 'FAILED ') + what, flush=True)
    if not condition:
        failures.append(what)


def until(condition, limit=60):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


class Discord:
    """volume_discord, and what happens there: `flow` has it busy from a thread of its own."""

    def __init__(self, folder, guilds, max_concurrency):
        self.work = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen([os.path.join(folder, 'volume_discord'), str(guilds), str(max_concurrency)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lock = threading.Lock()
        line = self.process.stdout.readline()
        if not line:
            sys.exit('volume_discord does not start')
        greeting = json.loads(line)
        self.guilds = greeting['guilds']
        self.environment = {**os.environ, 'DISCORD_TOKEN': greeting['token'], 'MONOCHORD_REST_URL': greeting['rest'],
                            'MONOCHORD_CA_FILE': greeting['ca_file'], 'MONOCHORD_LOG': 'warning'}
        self.rounds = 0  # each guild has had as many events
        self.flows = threading.Event()
        self.source = None

    def ask(self, command):
        with self.lock:
            self.process.stdin.write(command + '\n')
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def counters(self):
        return self.ask('counters')

    def sent(self):
        return self.rounds * len(self.guilds)

    def flow(self, per_second, limit=None):
        """Events from now on: `limit` in all, or until `ebb`."""
        self.flows.set()
        pause = len(self.guilds) / per_second

        def work():
            due = time.monotonic()
            while self.flows.is_set() and (limit is None or self.sent() < limit):
                self.ask('round')
                self.rounds += 1
                due = max(due + pause, time.monotonic() - 1)
                self.waiting.wait(max(0, due - time.monotonic()))

        self.waiting = threading.Event()
        self.source = threading.Thread(target=work, daemon=True)
        self.source.start()

    def ebb(self):
        self.flows.clear()
        self.waiting.set()
        self.source.join()

    def end(self):
        self.ask('violations')  # to our standard error
        self.process.stdin.close()
        expect('the mock ends in order', self.process.wait(30) == 0)


class Journal:
    """What processes of the bot wrote down, of which each has a part."""

    def __init__(self, discord, name='journal'):
        self.discord = discord
        self.path = os.path.join(discord.work.name, name)
        open(self.path, 'w').close()
        self.read_to = 0
        # Up to where the last process with events of a guild had handled it, whether the next one begins exactly there, and up to
        # where any had.
        self.position = {guild: 0 for guild in discord.guilds}
        self.exact = {guild: True for guild in discord.guilds}
        self.handled = {guild: 0 for guild in discord.guilds}
        self.repeated = 0

    def size(self):
        return os.path.getsize(self.path)

    @staticmethod
    def event(number):
        return ('m' + str(number), 't', 't', 'd')[number % 4]

    def begin_of(self, events, before, exact):
        """Where a process began in a guild: nothing if there is no such place."""
        numbered = next((at for at, what in enumerate(events) if what.startswith('m')), None)
        fits = lambda begin: begin >= 0 and all(what == self.event(begin + at) for at, what in enumerate(events))
        candidates = [before] if exact else range(before, -1, -1)
        if numbered is not None:
            first = int(events[numbered][1:]) - numbered
            candidates = [first] if first == before or (not exact and first < before) else []
        return next((begin for begin in candidates if fits(begin)), None)

    def judge(self, stopped):
        """The part of the process that has just ended, by being stopped or by being killed."""
        with open(self.path) as file:
            file.seek(self.read_to)
            lines = file.read().splitlines()
            self.read_to = file.tell()
        of = {}
        for line in lines:
            guild, what = line.split(' ')
            of.setdefault(guild, []).append(what)
        wrong, repeated = [], 0
        for guild, events in of.items():
            before = self.position[guild]
            begin = self.begin_of(events, before, self.exact[guild])
            if begin is None:
                wrong.append(f'guild {guild}, which had come to {before}: {events[:12]}')
                continue
            end = self.position[guild] = begin + len(events)
            self.exact[guild] = stopped
            repeated += min(end, self.handled[guild]) - begin
            self.handled[guild] = max(self.handled[guild], end)
        self.repeated += repeated
        expect(f'{len(lines)} events without a gap, {repeated} of them again' + (f': {wrong[:3]}' if wrong else ''), not wrong)

    def all_handled(self):
        return min(self.handled.values()) == self.discord.rounds == max(self.handled.values())


class Bot:
    """volume_bot with a number of shards, or one of several processes of it."""

    def __init__(self, folder, discord, journal, shards, sessions='sessions.json', part=(), environment={}):
        self.journal = journal
        self.told = []
        self.process = subprocess.Popen([os.path.join(folder, 'volume_bot'), journal.path,
                                         os.path.join(discord.work.name, sessions), str(shards), *part],
                                        env={**discord.environment, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            self.told.append(line.strip())

    def say(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def has_told(self, what):
        return any(line.startswith(what) for line in self.told)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.listener.join()

    def stop(self):
        self.process.terminate()
        expect('SIGTERM ends the bot with status 0', self.process.wait(60) == 0)
        self.listener.join()


def stored_sessions(discord):
    """How many the bot has written down."""
    try:
        with open(os.path.join(discord.work.name, 'sessions.json')) as file:
            return file.read().count('"session_id"')
    except FileNotFoundError:
        return 0
