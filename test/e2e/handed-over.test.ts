import { connect, type Socket } from 'node:net';
import { LineClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { holdSocket } from '../support/held-socket.ts';
import { PASSWORD, startProgram } from '../support/program.ts';

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
  await program.configures({ plugins: { tcp: { port: 1, dialect: 'line' } } });
  expect((await program.reloads()).result).toMatchObject({ changed: [{ name: 'tcp' }] });
  await program.registers('bob');
  expect(await alice.asks('who')).toBe('alice');

  await program.configures({ plugins: { tcp: false } });
  expect((await program.reloads()).result).toMatchObject({ removed: ['tcp'] });
  await program.configures({ plugins: { tcp: { port: 0 } } });
  expect((await program.reloads()).mistakes?.[0]).toMatch(/the socket 'tcp' of the service manager was closed when/);
});

test('a socket that no plugin takes is named in the log', async () => {
  await using held = await holdSocket();
  await using program = await startProgram({}, { sockets: { 'chatserv.socket': held.fd } });
  await program.complains(
    /the service manager handed over a socket 'chatserv\.socket', and nobody answers there: name it/,
  );
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
