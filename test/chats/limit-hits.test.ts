import { command, definePlugin, Plugins, param } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('each hit of a kernel limit is counted by the limit’s name', async () => {
  await using server = await startServer({ lockout: false }, { lineBytes: 64, inputBytes: 200, outboxBytes: 400 });
  const alice = await server.joins('alice');
  expect(server.limitHits).toEqual({});
  await alice.asks('x'.repeat(100));
  await server.registers('bob');
  const guess = server.connect();
  await guess.says('bob', 'wrong one', 'wrong two', 'wrong three');
  await guess.seesInOrder('password', 'password', 'password', 'closing:wrong-password');
  await guess.isClosed();
  await alice.says(...Array.from({ length: 20 }, () => 'who is there'));
  for (let i = 0; i < 20; i++) await alice.sees('error:args:who');
  expect(server.limitHits).toMatchObject({ 'line-bytes': 1, 'password-attempts': 1, 'input-bytes': 1 });
});

test('wrong passwords on one connection are limited, restarted logins included', async () => {
  await using server = await startServer({ lockout: false });
  await server.registers('alice', 'bob');
  const guesser = server.connectJson();
  for (const name of ['alice', 'bob', 'alice']) guesser.says({ type: 'login', name, password: 'not this one' });
  for (let i = 0; i < 2; i++) await guesser.sees({ type: 'ask', question: 'password', because: 'wrong' });
  await guesser.sees({ type: 'closing', reason: 'wrong-password' });
  await guesser.isClosed();
  expect(server.limitHits).toEqual({ 'password-attempts': 1 });
});

test('a plugin counts its own limit hits, and reads all counts', async () => {
  const counted = definePlugin({
    name: 'counted',
    summary: 'Counts',
    needs: { plugins: Plugins },
    setup: ({ server, plugins }) => ({
      commands: [
        command({
          name: 'met',
          summary: 'Counts a limit',
          params: { limit: param.text() },
          run({ values: { limit } }) {
            server.countLimitHit(limit);
            return JSON.stringify(plugins.facts().limits);
          },
        }),
      ],
    }),
  });
  await using server = await startServer({ counted });
  const alice = await server.joins('alice');
  await alice.says('met dice-a-day', 'met dice-a-day', 'met constructor', 'met __proto__', 'met A Name');
  await alice.seesInOrder(
    '{"dice-a-day":1}',
    '{"dice-a-day":2}',
    '{"dice-a-day":2,"constructor":1}',
    'error:internal:met',
    'error:internal:met',
  );
  await alice.says(...Array.from({ length: 210 }, (_, i) => `met made-of-text-${i}`));
  for (let i = 0; i < 198; i++) await alice.sees(/^\{/);
  await alice.sees('error:internal:met');
});
