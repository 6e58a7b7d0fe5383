// SPDX-License-Identifier: MIT
// usage: node run.mjs MONOCHORD_MOCK WORK_FOLDER
// Installs discord.js from the lock file into the work folder, starts the mock, logs a discord.js bot in to it, plays a
// conversation and checks what both saw. Exit status 77: something that it needs is missing.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [program, work] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const patience_ms = 60_000;

function skip(why) {
  console.log(`SKIPPED: ${why}`);
  process.exit(77);
}

/** A child process that speaks lines of JSON; lines can be awaited by a predicate, in any order. */
class speaker {
  constructor(name, command, args, env) {
    this.name = name;
    this.lines = [];
    this.waiting = [];
    this.output = '';
    this.child = spawn(command, args, { cwd: work, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.on('close', (code) => resolve(code)));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    this.child.stderr.on('data', (text) => { this.output += text; });
  }
  hear(line) {
    this.output += `${line}\n`;
    let value;
    try {
      value = JSON.parse(line);
    } catch {
      return; // not for us; it stays in `output`
    }
    const waiter = this.waiting.findIndex((one) => one.wanted(value));
    if (waiter >= 0) this.waiting.splice(waiter, 1)[0].resolve(value);
    else this.lines.push(value);
  }
  /** The first line, already there or to come, that fulfils the predicate; it is taken away. */
  line(what, wanted) {
    const index = this.lines.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.lines.splice(index, 1)[0]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name} never said: ${what}`)), patience_ms);
      this.waiting.push({ wanted, resolve: (value) => { clearTimeout(timer); resolve(value); } });
    });
  }
  /** A command of the mock and its one line of answer. */
  async ask(command) {
    const answer = this.line(`the answer to ${command}`, () => true);
    this.child.stdin.write(`${command}\n`);
    const value = await answer;
    if (value.error) throw new Error(`${command}: ${value.error}`);
    return value;
  }
}

const event = (name, test = () => true) => (line) => line.event === name && test(line);

async function says(mock, text) {
  const { message } = await mock.ask(`say alice general ${text}`);
  return (await mock.ask(`expect ${message} 20`)).reply;
}

async function uses(mock, command) {
  const { interaction } = await mock.ask(`slash alice general ${command}`);
  return { interaction, reply: (await mock.ask(`expect ${interaction} 20`)).reply };
}

async function converse(mock, bot) {
  const ready = await bot.line('ready', event('ready'));
  assert.equal(ready.user, 'mock-bot');
  assert.equal(ready.guild, 'home');
  assert.deepEqual(ready.channels, ['general']);
  assert.equal(ready.members, 3);
  await bot.line('READY', event('raw', (line) => line.t === 'READY'));
  await bot.line('GUILD_CREATE', event('raw', (line) => line.t === 'GUILD_CREATE'));
  assert.deepEqual((await mock.ask('commands')).commands, ['ping', 'roll', 'later', 'form']);

  assert.equal((await says(mock, '!ping')).content, 'pong');
  const heard = await bot.line('the message', event('message', (line) => line.content === '!ping'));
  assert.equal(heard.author, 'alice');
  assert.equal(heard.member, true);

  assert.equal((await uses(mock, 'ping')).reply.content, 'pong by command');
  assert.equal((await bot.line('the answer', event('answered'))).content, 'pong by command');
  assert.equal((await uses(mock, 'roll sides=20')).reply.content, 'one of 20');
  const late = (await uses(mock, 'later')).reply;
  assert.equal(late.content, 'late answer');
  assert.equal(late.type, 5);

  assert.equal((await says(mock, '!file')).content, 'look');
  const asked = await says(mock, '!button');
  assert.equal(asked.content, 'press');
  const { interaction } = await mock.ask(`press bob ${asked.message} go`);
  const pressed = (await mock.ask(`expect ${interaction} 20`)).reply;
  assert.equal(pressed.content, 'pressed');
  assert.equal(pressed.type, 7);
  assert.equal((await uses(mock, 'form')).reply.content, 'Form');

  // A cut without a close frame: discord.js resumes, and what was said meanwhile is answered.
  await mock.ask('disconnect');
  assert.equal((await says(mock, '!ping')).content, 'pong');
  assert.equal((await mock.ask('resumed 1 20')).resumed, true);
  // Op 7, and a session that is gone.
  await mock.ask('reconnect');
  assert.equal((await mock.ask('resumed 2 20')).resumed, true);
  assert.equal((await mock.ask('counters')).counters.resumes_at_resume_url, 2);
  assert.equal((await says(mock, '!ping')).content, 'pong');
}

/**
 * The kinds of what the mock recorded, without fields that a route does not know: discord.js sends some (`tts` with an
 * edit), and Discord ignores them.
 */
async function violations_of(mock) {
  const { violations } = await mock.ask('violations');
  return violations.map((one) => one.kind).filter((kind) => kind !== 'unknown_field');
}

/** What a bot may not do is refused, and recorded: the message is not its own. */
async function is_refused(mock, bot) {
  await mock.ask('say alice general !edit');
  assert.equal((await bot.line('fetched', event('fetched'))).newest, 'after');
  assert.equal((await bot.line('a refusal', event('refused'))).code, 50013);
  assert.deepEqual(await violations_of(mock), ['forbidden']);
}

async function on_the_wire(mock, env) {
  const wire = new speaker('wire.mjs', process.execPath, ['wire.mjs'], env);
  const seen = await wire.line('what it saw', event('wire'));
  assert.deepEqual(seen.names, ['op 10', 'READY', 'GUILD_CREATE']);
  assert.equal(seen.frames, 3);
  assert.equal(await wire.ended, 0);
}

function install() {
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8' });
  if (npm.error || npm.status !== 0) skip('npm was not found');
  mkdirSync(work, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'bot.mjs', 'wire.mjs'])
    copyFileSync(join(here, file), join(work, file));
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const mark = join(work, 'node_modules', '.package-lock.json');
  const wanted = JSON.parse(lock).packages['node_modules/discord.js'].version;
  if (existsSync(mark) && JSON.parse(readFileSync(mark, 'utf8')).packages['node_modules/discord.js']?.version === wanted) return;
  const installed = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: work, encoding: 'utf8' });
  if (installed.status !== 0) skip(`npm could not install discord.js:\n${installed.stderr}`);
}

async function main() {
  install();
  const mock = new speaker('monochord-mock', program, ['--heartbeat', '5000']);
  let bot;
  try {
    const greeting = await mock.line('its greeting', (line) => line.ready === true);
    const env = {
      MOCK_API: greeting.api, MOCK_GATEWAY: greeting.gateway, MOCK_TOKEN: greeting.token, NODE_EXTRA_CA_CERTS: greeting.ca_file,
    };
    bot = new speaker('the discord.js bot', process.execPath, ['bot.mjs'], env);
    await converse(mock, bot);
    assert.deepEqual(await violations_of(mock), []);
    await is_refused(mock, bot);
    bot.child.kill('SIGTERM');
    assert.equal(await bot.ended, 0);
    await on_the_wire(mock, env);
    const { counters } = await mock.ask('counters');
    assert.equal(counters.responses_429, 0);
    assert.equal(counters.not_played, 0);
    mock.child.stdin.write('quit\n');
    assert.equal(await mock.ended, 0);
    const said = mock.output.split('\n').slice(1).join('\n') + mock.output.split('\n')[0].replace(`"token":"${greeting.token}"`, '');
    assert.ok(!said.includes(greeting.token), 'the mock printed the token somewhere else than in its greeting');
    console.log(`discord.js logged in, answered and resumed: ${JSON.stringify(counters)}`);
  } catch (error) {
    console.log(`FAILED: ${error.stack}`);
    console.log(`--- monochord-mock\n${mock.output}`);
    if (bot) console.log(`--- bot\n${bot.output}`);
    process.exitCode = 1;
  } finally {
    mock.child.kill('SIGTERM');
    bot?.child.kill('SIGKILL');
  }
}

await main();
