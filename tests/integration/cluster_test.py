# SPDX-License-Identifier: MIT
"""Two processes of one bot share the program monochord-identify-queue, which is killed in the middle of their start and started
again: every shard comes up, and the mock Discord has nothing to complain of. Then whoever knows nothing of ours asks it.

usage: cluster_test.py <folder of the programs>
"""
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

TOKEN = 'a-s3cret.bot-token_0123456789'
SECRET = 'a-s3cret-of-the-queue'
LIMIT = 120  # seconds, for everything together

folder = os.path.abspath(sys.argv[1])
work = tempfile.TemporaryDirectory()
started, failures = [], []
output = open(os.path.join(work.name, 'output'), 'w+')
watchdog = threading.Timer(LIMIT, lambda: [one.kill() for one in started])
watchdog.daemon = True
watchdog.start()


def start(name, *arguments, environment=None, **how):
    one = subprocess.Popen([os.path.join(folder, name), *arguments], env={**os.environ, **(environment or {})}, cwd=work.name,
                           text=True, bufsize=1, stderr=output, **how)
    started.append(one)
    return one


def expect(what, condition):
    print(('ok    ' if condition else 'FAILED ') + what)
    if not condition:
        failures.append(what)


def refused(what, words, *command, before=None, **environment):
    one = subprocess.run([os.path.join(folder, command[0]), *command[1:]], cwd=work.name, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20, preexec_fn=before,
                         env={**{k: v for k, v in os.environ.items() if k != 'DISCORD_TOKEN'}, **environment})
    expect(what, one.returncode != 0 and words in one.stdout)


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))


refused('--remaining needs a total', '--remaining needs --total', 'monochord-identify-queue', '--remaining', '5', '--port', '0',
        '--allow-plain', '--address', '256.0.0.1')
refused('no more remain than there are in all', 'more than the total, 5', 'monochord-identify-queue', '--remaining', '6',
        '--total', '5', '--address', '256.0.0.1', '--allow-plain')
refused('a server that could not open so many files does not start', 'raise its hard limit (ulimit -Hn', 'monochord-identify-queue',
        '--max-waiting', '4000', '--address', '256.0.0.1', '--allow-plain', before=few_files)
refused('a process that is none is refused', 'NUMBER is a whole number, not "one"', '06_cluster', 'one', '2', '4')
refused('a number with something behind it too', 'SHARDS is a whole number, not "4x"', '06_cluster', '0', '2', '4x',
        DISCORD_TOKEN=TOKEN, MONOCHORD_QUEUE_URL='http://127.0.0.1:1')
mock = start('monochord-mock', '--token', TOKEN, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer():
    line = mock.stdout.readline()
    if not line:
        sys.exit('monochord-mock ended, or took too long')
    return json.loads(line)


def ask(command):
    mock.stdin.write(command + '\n')
    return answer()


greeting = answer()
discord = {'DISCORD_TOKEN': TOKEN, 'MONOCHORD_REST_URL': greeting['rest'], 'MONOCHORD_CA_FILE': greeting['ca_file'],
           'MONOCHORD_QUEUE_SECRET': SECRET, 'MONOCHORD_LOG': 'trace'}


def start_queue(port, *arguments):
    one = start('monochord-identify-queue', '--port', str(port), '--store', 'queue.json', *arguments, environment=discord,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    ready = one.stdout.readline()
    if not ready:
        sys.exit('monochord-identify-queue did not start')
    return one, json.loads(ready)['url']


def health():
    with urllib.request.urlopen(url + '/health', timeout=10) as page:
        return json.load(page)


queue, url = start_queue(0)
expect('the queue starts with what Discord says', health()['remaining'] == 1000 and health()['max_concurrency'] == 1)
clusters = []


def start_cluster(number):
    clusters.append(start('06_cluster', number, '2', '3', environment={**discord, 'MONOCHORD_QUEUE_URL': url},
                          stdin=subprocess.DEVNULL, stdout=output))


def identifies():
    return ask('counters')['counters']['identifies']


def until(condition, limit):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


start_cluster('0')
expect('a shard comes up', until(lambda: identifies() == 1, 30))
start_cluster('1')
expect('two more ask', until(lambda: health()['waiting'] == 2, 30))
queue.kill()
queue.wait()
queue, url = start_queue(url.rsplit(':', 1)[1], '--max-concurrency', '1', '--remaining', '1000', '--total', '1000',
                         '--reset-after', '86400')
expect('a queue that was killed knows what is left', until(lambda: health()['remaining'] == 999, 10))
for shard in range(3):
    expect(f'shard {shard} comes up', ask(f'session 60 {shard}')['connected'])
expect('3 times IDENTIFY', identifies() == 3)
expect('997 are left', until(lambda: health()['remaining'] == 997, 10))
violations = ask('violations')['violations']
expect(f'Discord has nothing to complain of: {violations}', violations == [])

# Somebody who knows nothing of ours, with the secret and without.
for headers, wanted in (({}, 401), ({'Authorization': 'Bearer ' + SECRET}, 200)):
    try:
        with urllib.request.urlopen(urllib.request.Request(url + '/?shard=7', headers=headers), timeout=30) as page:
            status = page.status
    except urllib.error.HTTPError as refusal:
        status = refusal.code
    expect(f'a plain request {"with" if headers else "without"} the secret gets {wanted}', status == wanted)

for number, one in enumerate(clusters):
    one.send_signal(signal.SIGTERM)
    expect(f'SIGTERM ends process {number} with status 0', one.wait(30) == 0)
queue.send_signal(signal.SIGTERM)
expect('SIGTERM ends the queue with status 0', queue.wait(30) == 0)
for wrong in (['--nonsense'], ['--port', 'x'], ['--port']):
    refused = subprocess.run([os.path.join(folder, 'monochord-identify-queue'), *wrong], stderr=subprocess.PIPE, text=True, timeout=30)
    expect(f'{" ".join(wrong)} is refused', refused.returncode == 2 and 'usage:' in refused.stderr)
unsafe = subprocess.run([os.path.join(folder, 'monochord-identify-queue'), '--address', '0.0.0.0'], stderr=subprocess.PIPE,
                        env={**os.environ, 'DISCORD_TOKEN': ''}, text=True, timeout=30)
expect('every address without TLS is refused', unsafe.returncode == 1 and 'without TLS' in unsafe.stderr)

mock.stdin.write('quit\n')
expect('"quit" ends the mock with status 0', mock.wait(30) == 0)
watchdog.cancel()
output.seek(0)
text = output.read()
expect('the queue logged at its most verbose level', 'may identify' in text)
for name, secret in (('the bot token', TOKEN), ("the queue's secret", SECRET)):
    expect(f'{name} is nowhere in {len(text)} characters of output', secret not in text)
sys.exit(1 if failures else 0)
