# SPDX-License-Identifier: MIT
"""The programs as a user starts them: monochord-mock with a token of one's own, the example bot 01_ping at its most verbose
level, SIGTERM at the end. What either of them prints never holds the token or an interaction's.

usage: programs_test.py <folder of the programs>
"""
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

TOKEN = 'a-s3cret.bot-token_0123456789'
AGENT = 'DiscordBot (https://example.org, 1)'
LIMIT = 150  # seconds, for everything together

folder = sys.argv[1]
output = tempfile.TemporaryDirectory()
mock_errors = open(os.path.join(output.name, 'mock'), 'w+')
bot_output = open(os.path.join(output.name, 'bot'), 'w+')
mock = subprocess.Popen([os.path.join(folder, 'monochord-mock'), '--token', TOKEN], text=True, bufsize=1,
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=mock_errors)
started = [mock]
watchdog = threading.Timer(LIMIT, lambda: [one.kill() for one in started])
watchdog.daemon = True
watchdog.start()
said = []


def answer():
    line = mock.stdout.readline()
    if not line:
        sys.exit('monochord-mock ended, or took too long')
    said.append(line)
    return json.loads(line)


def ask(command):
    mock.stdin.write(command + '\n')
    return answer()


def expect(what, condition):
    print(('ok    ' if condition else 'FAILED ') + what)
    if not condition:
        failures.append(what)


failures = []
greeting = answer()
environment = {**os.environ, 'DISCORD_TOKEN': TOKEN, 'MONOCHORD_REST_URL': greeting['rest'],
               'MONOCHORD_CA_FILE': greeting['ca_file'], 'MONOCHORD_LOG': 'trace'}
bot = subprocess.Popen([os.path.join(folder, '01_ping')], stdin=subprocess.DEVNULL, stdout=bot_output, stderr=bot_output,
                       env=environment)
started.append(bot)
expect('the bot registers its command', ask('commands 30')['commands'] == ['ping'])
reply = ask(f'expect {ask("say alice general !ping")["message"]} 30')
expect('a message is answered', reply['reply'] and reply['reply']['content'] == 'pong')
reply = ask(f'expect {ask("slash alice general ping")["interaction"]} 30')
expect('a command is answered', reply['reply'] and reply['reply']['content'] == 'pong, by command')
ask('disconnect')
expect('a cut is survived by RESUME', ask('resumed 1 30')['resumed'])

# The other examples, each for a moment.
def end(one, name):
    one.send_signal(signal.SIGTERM)
    expect(f'SIGTERM ends {name} with status 0', one.wait(30) == 0)
    while ask('session 0')['connected']:  # else the next one's would be mistaken for it
        time.sleep(0.02)


end(bot, '01_ping')
for name, command, answered in (
        ('02_history', '!who', lambda reply: 'alice: ' in reply['content'] and 'Of the last' in reply['content']),
        ('03_files', '!report', lambda reply: reply['content'] == '')):
    example = subprocess.Popen([os.path.join(folder, name)], stdin=subprocess.DEVNULL, stdout=bot_output, stderr=bot_output,
                               env=environment)
    started.append(example)
    expect(f'{name} logs in', ask('session 30')['connected'])
    reply = ask(f'expect {ask("say alice general " + command)["message"]} 30')['reply']
    expect(f'{name} answers {command}', reply is not None and answered(reply))
    if name == '03_files':
        pressed = ask(f'press alice {reply["message"]} again')['interaction']
        reply = ask(f'expect {pressed} 30')['reply']
        expect('its button "Again" is answered', reply is not None and reply['type'] == 6)
    end(example, name)
raw = subprocess.Popen([os.path.join(folder, '07_raw_events')], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=bot_output,
                       text=True, env=environment)
started.append(raw)
expect('07_raw_events logs in', ask('session 30')['connected'])
ask('say alice general hello')  # whose text is kept from a bot without the intent
events = []
for line in raw.stdout:
    events.append(json.loads(line))
    if events[-1]['name'] == 'MESSAGE_CREATE':
        break
raw.send_signal(signal.SIGTERM)
events += [json.loads(line) for line in raw.stdout]
expect('SIGTERM ends 07_raw_events with status 0', raw.wait(30) == 0)
expect('its lines are the events, in order', [e['name'] for e in events[:1]] == ['READY'] and
       [e['seq'] for e in events] == list(range(1, len(events) + 1)) and {e['shard'] for e in events} == {0})
expect('with their data', any(e['name'] == 'MESSAGE_CREATE' and e['d']['author']['username'] == 'alice' for e in events) and
       any(e['name'] == 'GUILD_CREATE' and e['d']['name'] for e in events))
while ask('session 0')['connected']:
    time.sleep(0.02)
cron = subprocess.run([os.path.join(folder, '04_cron'), greeting['channels']['general'], 'good morning'], env=environment,
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
expect('04_cron posts and ends', cron.returncode == 0 and 'posted' in cron.stdout)
expect('its message is there', 'good morning' in ask('messages general')['messages'])

# A mock that is asked at its last breath, and one that is ended while it waits.
last = subprocess.run([os.path.join(folder, 'monochord-mock'), '--plain'], input='messages general', text=True,
                      stdout=subprocess.PIPE, timeout=30)
expect('a last line without an end is answered', last.stdout.splitlines()[1:] == ['{"messages":[]}'])
for how in (signal.SIGTERM, signal.SIGINT):
    waits = subprocess.Popen([os.path.join(folder, 'monochord-mock'), '--plain'], text=True, bufsize=1, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    started.append(waits)
    waits.stdout.readline()
    waits.stdin.write('counters\nsession 3600\n')  # in one piece: whoever answers the first has the second too
    waits.stdout.readline()
    waits.send_signal(how)
    expect(f'{how.name} ends a mock that waits with status 0', waits.wait(30) == 0)

# Calls that the mock refuses, whose tokens it might be tempted to repeat.
context = ssl.create_default_context(cafile=greeting['ca_file'])
INTERACTION = 'aW50ZXJhY3Rpb246c2VjcmV0LXRva2Vu'
rest = greeting['rest'].replace('//localhost:', '//127.0.0.1:')  # a bare system has no /etc/hosts
for path in (f'/webhooks/{greeting["application"]}/{INTERACTION}', f'/interactions/1/{INTERACTION}/callback', '/nowhere'):
    request = urllib.request.Request(rest + path, data=b'{"type":4}', method='POST', headers={
        'Content-Type': 'application/json', 'User-Agent': AGENT, 'Authorization': 'Bot ' + TOKEN + 'x'})
    try:
        urllib.request.urlopen(request, context=context, timeout=10)
        expect('a wrong call is refused', False)
    except urllib.error.HTTPError as refusal:
        said.append(refusal.read().decode())
        expect(f'a wrong call is refused: HTTP {refusal.code}', 400 <= refusal.code < 500)
violations = ask('violations')['violations']
expect('the mock wrote these down', len(violations) > 0)

mock.stdin.write('quit\n')
expect('"quit" ends the mock with status 0', mock.wait(30) == 0)
watchdog.cancel()

for name, file in (('the bot', bot_output), ('the mock', mock_errors)):
    file.seek(0)
    said.append(file.read())
    if name == 'the bot':
        expect('the bot logged at its most verbose level', 'received op' in said[-1])
text = ''.join(said)
for name, secret in (('the bot token', TOKEN), ('an interaction token', INTERACTION), ('an Authorization header', 'Bot ' + TOKEN[:4])):
    expect(f'{name} is nowhere in {len(text)} characters of output', secret not in text)
sys.exit(1 if failures else 0)
