import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineClient, startServer } from 'chatserv/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProgram } from '../../test/support/program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-unix-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

async function open(file: string): Promise<LineClient> {
  const socket = connect(file);
  await once(socket, 'connect');
  return new LineClient(socket, 'a client');
}

test('the mode says who may connect; a folder that is missing is for the server alone', async () => {
  const socket = join(folder, 'new', 'chat.sock');
  await using server = await startServer({ unix: { socket, mode: '660' } });
  expect(await modeOf(socket)).toBe('660');
  expect(await modeOf(join(folder, 'new'))).toBe('700');
  const client = await open(socket);
  expect(await client.asks('alice')).toBe('register');
  expect([...server.host.kernel.sessions()].map(({ address }) => address)).toEqual(['unix']);
  await client.closes();
});

test('a mode that is none is a sentence', async () => {
  await expect(startServer({ unix: { socket: join(folder, 's'), mode: '888' } })).rejects.toThrow(/octal/);
});

test('a path that is too long for a socket is a sentence', async () => {
  const socket = join(folder, 'x'.repeat(100), 'chat.sock');
  await expect(startServer({ unix: { socket } })).rejects.toThrow(/is \d+ bytes long, and the limit is 107/);
});

test('what a killed server left is removed; what is no socket, or is answered, is left alone', {
  timeout: 60_000,
}, async () => {
  await using program = await startProgram({ plugins: { unix: { socket: 'line.sock' } } });
  const socket = join(program.folder, 'line.sock');
  await program.prints(/listens on unix/);
  await program.kill();
  expect((await stat(socket)).isSocket()).toBe(true);
  program.stdout = '';
  await program.start();
  await program.prints(/listens on unix/);
  const client = await open(socket);
  expect(await client.asks('alice')).toBe('register');
  await client.closes();
  await expect(startServer({ unix: { socket } })).rejects.toThrow(/another server is listening at \S+line\.sock: stop/);
  const file = join(folder, 'notes.txt');
  await writeFile(file, 'mine');
  await expect(startServer({ unix: { socket: file } })).rejects.toThrow(/notes\.txt exists and is not a socket/);
  expect(await program.stop()).toBe(0);
  await expect(stat(socket)).rejects.toThrow(/ENOENT/);
});

test('a reload that changes the mode keeps the socket and who is connected', async () => {
  await using program = await startProgram({ plugins: { unix: { socket: 'line.sock' } } });
  const socket = join(program.folder, 'line.sock');
  await program.prints(/listens on unix/);
  const client = await open(socket);
  expect(await client.asks('alice')).toBe('register');
  await program.configures({ plugins: { unix: { socket: 'line.sock', mode: '666' } } });
  expect((await program.reloads()).result).toMatchObject({ changed: [{ name: 'unix' }] });
  expect(await modeOf(socket)).toBe('666');
  expect(await client.asks('y')).toBe('password');
  await client.closes();
});

test('a codec that no plugin contributes is a config error', async () => {
  await expect(startServer({ unix: { codec: 'lime' } })).rejects.toThrow(
    /plugins\.unix\.codec.*"line".*Did you mean 'line'/s,
  );
});
