import { definePlugin } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** Holds each message until the test releases it. */
function gate() {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  const plugin = definePlugin({
    name: 'gate',
    summary: 'Has messages wait',
    setup: () => ({
      hooks: {
        async onMessage() {
          arrive();
          await open;
          return undefined;
        },
      },
    }),
  });
  return { plugin, arrived, release };
}

test('a stopping server answers running commands, reads no more, and closes with the reason', async () => {
  const { plugin, arrived, release } = gate();
  await using server = await startServer({ gate: plugin });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await server.registers('carol');
  const early = server.connect('early');
  await early.says('alice2');
  await early.sees('register');
  await alice.says('message carol one', 'message bob two');
  await arrived;
  const stopped = server.host.stop('shutdown');
  for (const client of [bob, early]) {
    await client.sees('closing:shutdown');
    await client.isClosed();
  }
  release();
  // The second message had not begun: it is neither kept nor answered.
  await alice.seesInOrder('sent:', 'closing:shutdown');
  await alice.isClosed();
  await stopped;
  expect(server.limitHits).toEqual({});
});

test('a command that takes longer than drainTime gets no answer', async () => {
  const { plugin, arrived } = gate();
  await using server = await startServer({ gate: plugin }, { drainTime: 3000 });
  const alice = await server.joins('alice');
  await alice.says('message alice one');
  await arrived;
  const stopped = server.host.stop('shutdown');
  // The plugins stop before the sessions close.
  await new Promise(setImmediate);
  server.clock.advance(3);
  await alice.sees('closing:shutdown');
  await alice.isClosed();
  await stopped;
  expect(server.limitHits).toEqual({ 'drain-time': 1 });
});

test('a stopping server refuses to reload', async () => {
  const server = await startServer();
  const stopped = server[Symbol.asyncDispose]();
  await expect(server.host.reload()).rejects.toThrow(/is stopping/);
  await stopped;
});
