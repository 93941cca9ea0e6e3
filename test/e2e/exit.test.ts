import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = `${ROOT}src/cli/bin.ts`;

describe('a plugin that calls process.exit', () => {
  const QUITTER = `import { exit } from 'node:process';
import { defineCommand } from 'chatserv';
export default defineCommand({
  name: 'quit', usage: 'quit <code>', summary: 'Ends the server',
  run: ({ rest }) => (rest === '' ? exit() : process.exit(Number(rest))),
});
`;

  test.each([
    ['quit 0', 'process.exit(0) (quitter.ts:5:54)'],
    ['quit', 'process.exit(0) (quitter.ts:5:37)'],
    ['quit 2', 'process.exit(2)'],
  ])('%s: no supervisor takes it for a stop that was asked for, and the log says where', async (line, said) => {
    await using program = await startProgram(
      { plugins: { './quitter.ts': true } },
      { files: { 'quitter.ts': QUITTER } },
    );
    const alice = await program.joins('alice');
    await alice.says(line);
    expect(await program.ends()).toBe(70);
    expect(program.stderr).toMatch(/"level":"error".*"event":"exit"/);
    expect(program.stderr).toContain(`a plugin called ${said}`);
  });

  test('passes no check', async () => {
    const code = `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'x', summary: 'x', setup() { process.exit(0); } });`;
    await using folder = await Folder.with({ 'chatserv.config.json': '{"plugins":{"./x.ts":true}}', 'x.ts': code });
    expect(await folder.runs(['check'])).toMatchObject({
      code: 70,
      stdout: '',
      stderr: expect.stringMatching(/^chatserv: a plugin called process\.exit\(0\) \(x\.ts:2:74\)/),
    });
  });
});

test('SIGUSR1 opens no debugger', async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  for (let i = 0; i < 3; i++) {
    program.signals('SIGUSR1');
    expect(await alice.asks('who')).toBe('alice');
  }
  // A thread of Node's own would open it, and say so.
  expect(await program.stop()).toBe(0);
  expect(program.stderr).toBe('');
});

test('a signal that comes twice at once is one: npm hands on what the terminal has sent', async () => {
  await using program = await startProgram({ limits: { closeTime: 2_000 } }, { env: { LOG_LEVEL: 'info' } });
  // It keeps its side open: the server is still there when the signal comes again.
  const alice = await program.connect({ stubborn: true });
  await alice.says('alice');
  program.signals('SIGINT');
  await program.complains(/"event":"shutdown"/);
  program.signals('SIGINT');
  expect(await program.ends()).toBe(0);
});

/** Connects to a server that somebody else starts, once it listens, and gives it a name. */
async function connected(child: ChildProcess): Promise<Socket> {
  let said = '';
  const { promise: listening, resolve, reject } = Promise.withResolvers<number>();
  child.stdout?.on('data', (chunk) => {
    said += chunk;
    const [, port] = /listens on tcp 127\.0\.0\.1:(\d+)\n/.exec(said) ?? [];
    if (port !== undefined) resolve(Number(port));
  });
  child.once('exit', () => reject(new Error(`it does not listen: ${said}`)));
  const client = connect(await listening, '127.0.0.1');
  client.write('alice\n');
  await once(client, 'readable');
  return client;
}

describe('a signal to what started the server', () => {
  const config = JSON.stringify({ plugins: { tcp: { host: '127.0.0.1', port: 0 }, http: { port: 0 } } });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm start ends it politely, and npm with it', async (signal) => {
    await using folder = await Folder.with({ 'c.json': config });
    const npm = spawn('npm', ['start', '--', '--config', `${folder.path}/c.json`], { cwd: ROOT });
    try {
      const client = await connected(npm);
      const ended = once(npm, 'exit');
      npm.kill(signal);
      expect(await text(client)).toBe('register\nclosing:shutdown\n');
      expect(await ended).toEqual([0, null]);
    } finally {
      npm.kill('SIGKILL');
    }
  });

  test('to a script whose shell ends without handing it on ends it politely', async () => {
    await using folder = await Folder.with({ 'c.json': config });
    // What is after it keeps the shell from being replaced.
    const words = `'${process.execPath}' '${BIN}' --config c.json; true`;
    const env = { ...process.env, npm_lifecycle_event: 'start' };
    const shell = spawn('sh', ['-c', words], { cwd: folder.path, env });
    try {
      const client = await connected(shell);
      shell.kill('SIGKILL');
      expect(await text(client)).toBe('register\nclosing:shutdown\n');
    } finally {
      shell.kill('SIGKILL');
    }
  });
});
