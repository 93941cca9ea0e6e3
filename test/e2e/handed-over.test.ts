import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { LineClient } from 'chatserv/testing';
import { expect, test, vi } from 'vitest';
import { holdSocket } from '../support/held-socket.ts';
import { PASSWORD, startProgram } from '../support/program.ts';

// Most of the time the program starts.
vi.setConfig({ testTimeout: 60_000 });

test('who connects while the server restarts waits, and is answered', async () => {
  await using held = await holdSocket();
  // A port that nobody could listen on shows that it is not asked for.
  const plugins = { tcp: { host: '192.0.2.1', port: 1 } };
  await using program = await startProgram({ plugins }, { sockets: { tcp: held.fd } });
  expect(program.port).toBe(held.port);
  const alice = await program.joins('alice');
  const stopped = program.stop();
  await alice.sees('closing:shutdown');
  await alice.isClosed();
  expect(await stopped).toBe(0);

  const early = new LineClient(await connected(held.port), 'early');
  await early.says('alice');
  await program.start();
  await early.sees('password');
  await early.says(PASSWORD);
  await early.sees('welcome');
  await early.logsOut();

  // A crash is no different.
  await program.kill();
  const second = new LineClient(await connected(held.port), 'second');
  await second.says('alice');
  await program.start();
  await second.sees('password');
  await second.closes();
  expect(program.stderr).toBe('');
});

test('a reload that changes where the plugin listens leaves what was handed over open', async () => {
  await using held = await holdSocket();
  await using program = await startProgram({ plugins: { tcp: { port: 0 } } }, { sockets: { tcp: held.fd } });
  const alice = await program.joins('alice');
  await program.configures({ plugins: { tcp: { port: 1, codec: 'line' } } });
  expect((await program.reloads()).result).toMatchObject({ changed: [{ name: 'tcp' }] });
  await program.registers('bob');
  expect(await alice.asks('who')).toBe('alice');

  await program.configures({ plugins: { tcp: false } });
  expect((await program.reloads()).result).toMatchObject({ removed: ['tcp'] });
  await program.configures({ plugins: { tcp: { port: 0 } } });
  expect((await program.reloads()).errors?.[0]).toMatch(/the socket 'tcp' of the service manager was closed when/);
});

test('a socket that no plugin takes is named in the log', async () => {
  await using held = await holdSocket();
  await using program = await startProgram({}, { sockets: { 'chatserv.socket': held.fd } });
  await program.complains(
    /the service manager handed over a socket 'chatserv\.socket', but no plugin uses it: name it/,
  );
});

test('each plugin takes the socket of its name, of whatever kind it listens', async () => {
  await using tcp = await holdSocket();
  await using http = await holdSocket();
  await using program = await startProgram({}, { sockets: { http: http.fd, tcp: tcp.fd } });
  await program.prints(new RegExp(`listens on http 127.0.0.1:${http.port}`));
  expect(program.port).toBe(tcp.port);
  expect((await fetch(`http://127.0.0.1:${http.port}/nothing`)).status).toBe(404);
  await program.stop();
  const waiting = fetch(`http://127.0.0.1:${http.port}/nothing`);
  await program.start();
  expect((await waiting).status).toBe(404);
});

test('two sockets for one plugin, and what is no socket, end the start with a sentence', async () => {
  await using one = await holdSocket();
  await using two = await holdSocket();
  const both = { sockets: { one: one.fd, two: two.fd }, env: { LISTEN_FDNAMES: 'tcp:tcp' } };
  await expect(startProgram({}, both)).rejects.toThrow(
    /The plugin 'tcp' could not start: the service manager handed over 2 sockets 'tcp': have it open one of that name/,
  );
  await using file = await open(new URL(import.meta.url));
  await expect(startProgram({}, { sockets: { tcp: file.fd } })).rejects.toThrow(
    /cannot listen on what the service manager handed over as 'tcp' \(.*it must be a listening socket/,
  );
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
