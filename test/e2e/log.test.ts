import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';

const FAULTY = `
import { defineCommand, param } from 'chatserv';
export default defineCommand({
  name: 'faulty',
  summary: 'Fails',
  params: { how: param.word().default('') },
  run({ values: { how } }) {
    for (const end = Date.now() + 400; how === 'block' && Date.now() < end; );
    if (how === 'exit') process.exit(0);
    throw new Error('on purpose ' + how);
  },
});
`;

const plugins = { './faulty.ts': true, lockout: { attempts: 2 } };
const files = { 'faulty.ts': FAULTY };
const env = { LOG_LEVEL: '' };

type Line = { readonly event: string; readonly level: string } & Record<string, unknown>;

const linesOf = (stderr: string) =>
  stderr
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** The table of events in the docs. */
async function documented(): Promise<Map<string, { level: string; fields: string[]; always: string[] }>> {
  const text = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([a-z-]+)` \| (debug|info|warn|error) \| (.*?) \| .* \|$/gm);
  return new Map(
    [...rows].map(([, event = '', level = '', cell = '']) => {
      const fields = [...cell.matchAll(/`(\w+)`(\??)/g)];
      const names = (found: typeof fields) => found.map(([, name = '']) => name);
      return [event, { level, fields: names(fields), always: names(fields.filter(([, , may]) => may === '')) }];
    }),
  );
}

test('the log tells each event as the docs do, and no secret and no text of messages', async () => {
  await using program = await startProgram({ plugins }, { files, env });
  const alice = await program.joins('alice');
  await program.joins('bob');
  await alice.says('message bob a private remark', 'broadcast a public remark', 'faulty');
  await alice.seesInOrder('sent:', 'sent:', 'error:internal:faulty');
  const guesser = await program.connect({ name: 'a guesser' });
  await guesser.says('bob2', 'n', 'a secret typed as a name', 'n', 'alice');
  await alice.logsOut();
  const again = await program.connect({ name: 'a guesser' });
  await again.says('alice', 'wrong secret 1', 'wrong secret 2');
  await again.seesInOrder('password', 'password', '60');
  await program.configures({ plugins: { ...plugins, wholast: false } });
  expect(await program.reloads()).toHaveProperty('result');
  await program.configures({ plugins: { ...plugins, sqlite: { file: 7 } } });
  expect(await program.reloads()).toHaveProperty('errors');
  expect(await program.stop()).toBe(0);
  const lines = linesOf(program.stderr);
  expect(program.stderr).not.toMatch(/remark|secret/);
  expect(program.stderr).not.toContain(PASSWORD);
  const table = await documented();
  for (const { level, time, msg, event, ...facts } of lines) {
    const row = table.get(event);
    expect(row?.level, event).toBe(level);
    expect(row?.fields, event).toEqual(expect.arrayContaining(Object.keys(facts)));
    expect(Object.keys(facts), event).toEqual(expect.arrayContaining(row?.always ?? []));
    expect(msg, event).toEqual(expect.any(String));
  }
  const about = (event: string) => lines.filter((line) => line.event === event);
  expect(new Set(lines.map(({ event }) => event))).toEqual(
    new Set([
      ...['listen', 'connection', 'registration', 'login', 'plugin-error', 'login-failure', 'block', 'disconnect'],
      ...['reload', 'reload-failure', 'shutdown', 'end'],
    ]),
  );
  expect(about('login')).toMatchObject([
    { account: 'alice', address: '127.0.0.1' },
    { account: 'bob', address: '127.0.0.1' },
  ]);
  expect(about('login-failure')).toMatchObject([{ account: 'alice' }, { account: 'alice' }]);
  expect(about('block')).toMatchObject([{ account: 'alice', seconds: 60 }]);
  expect(about('disconnect')).toEqual(
    expect.arrayContaining([expect.objectContaining({ account: 'bob', reason: 'shutdown' })]),
  );
});

test('the text of messages is logged where the config asks for it, each in one line', async () => {
  await using program = await startProgram({ plugins: { 'log-messages': true } }, { env });
  await program.registers('bob');
  const alice = await program.joins('alice');
  expect(await alice.asks('message (bob ghost) "a", {"event":"login"}')).toBe('sent:ghost');
  await program.stop();
  const said = linesOf(program.stderr).filter(({ event }) => event === 'message');
  expect(said).toMatchObject([{ account: 'alice', to: ['bob'], text: '"a", {"event":"login"}' }]);
});

test('what led to an end is in the log', async () => {
  await using program = await startProgram({ plugins }, { files, env });
  const alice = await program.joins('alice');
  await alice.says('faulty exit');
  expect(await program.ends()).toBe(70);
  expect(linesOf(program.stderr).map(({ event }) => event)).toEqual(expect.arrayContaining(['login', 'exit']));
});

test('the level comes from the config, also by a reload', async () => {
  await using program = await startProgram({ log: { level: 'error' } }, { env });
  await program.joins('alice');
  await program.configures({ log: { level: 'info' } });
  await program.reloads();
  await program.joins('bob');
  await program.complains(/"event":"login".*bob/);
  expect(program.stderr).not.toMatch(/alice/);
});

test('a disk that is full holds up nobody, and no end', { timeout: 60_000 }, async () => {
  const full = { stderr: '/dev/full', env, files };
  await using program = await startProgram({ plugins, limits: { eventLoopStall: 100 } }, full);
  const alice = await program.joins('alice');
  // The thread that notices it writes to the log by itself.
  expect(await alice.asks('faulty block')).toBe('error:internal:faulty');
  expect(await alice.asks('who')).toBe('alice');
  expect(await program.stop()).toBe(0);
  await program.start();
  const again = await program.returns('alice');
  await again.says('faulty exit');
  expect(await program.ends()).toBe(70);
});

test('a server whose output nobody reads serves on', async () => {
  await using program = await startProgram({ plugins }, { files, env });
  const alice = await program.joins('alice');
  program.stopsReading();
  program.signals('SIGHUP');
  await program.complains(/"event":"reload"/);
  expect(await alice.asks('who')).toBe('alice');
  expect(await program.stop()).toBe(0);
});

test('a terminal shows the ways in once, and what to do next', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-terminal-'));
  try {
    const config = join(folder, 'chatserv.config.json');
    await writeFile(config, JSON.stringify({ plugins: { tcp: { port: 0 }, http: { port: 0 } } }));
    const bin = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
    // `script` is a terminal for what it runs; a line that is typed there ends it.
    const server = `'${process.execPath}' '${bin}' --config '${config}' & read line; kill $!; wait $!`;
    const child = spawn('script', ['-qec', server, '/dev/null'], {
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', npm_lifecycle_event: undefined, ...env },
    });
    let screen = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      screen += text;
      if (screen.includes('Its log follows.') && child.stdin.writable) child.stdin.end('\n');
    }
    expect(screen).toMatch(/^chatserv \S+ is running\. Ways in/m);
    expect(screen).toMatch(/^ {2}browser {7}http:\/\/localhost:\d+\/\r?$/m);
    expect(screen).toMatch(/^ {2}terminal {6}chatserv connect localhost:\d+\r?$/m);
    expect(screen).toMatch(/^ {2}plain lines {3}nc localhost \d+\r?$/m);
    expect(screen).toContain('Choose a name and a password on any of them.');
    expect(screen).toContain(`Edit ${config}, then run: chatserv reload`);
    expect(screen).toContain('Only this computer can connect.');
    expect(screen).not.toMatch(/chatserv listens on|listening/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
