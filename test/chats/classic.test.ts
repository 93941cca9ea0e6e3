import { PASSWORD, startServer } from 'chatserv/testing';
import { test } from 'vitest';

test("the ancestor's client is told DONE before each command, after the messages that waited", async () => {
  await using server = await startServer({ timeouts: { idle: 1800 } });
  await server.registers('carol');
  const bob = await server.joins('bob');
  const alice = server.connectClassic('alice');
  await alice.registers('alice', PASSWORD);
  await bob.says('message alice before the login');
  await bob.sees('sent:');
  await alice.logsIn('alice', PASSWORD);
  await alice.sees('[01-01-26T00:00:00] bob: before the login');
  await alice.sees('DONE');

  await bob.says('message alice one', 'broadcast two');
  await bob.seesInOrder('sent:', 'sent:');
  await alice.says('who');
  await alice.seesInOrder('bob alice', '[01-01-26T00:00:00] bob: one', '[01-01-26T00:00:00] bob: two', 'DONE');
  await alice.says('send (bob carol ghost) hi');
  await alice.seesInOrder('sent:ghost', 'DONE');
  await bob.hears('alice', 'hi');
  await alice.says('broadcast all');
  await alice.seesInOrder('sent:', 'DONE');
  await alice.says('last 5');
  await alice.seesInOrder('bob alice', 'DONE');
  await alice.says('dance');
  await alice.seesInOrder('error:command:dance', 'DONE');
  await alice.says('last soon');
  await alice.seesInOrder('error:args:last', 'DONE');
  await bob.hears('alice', 'all');
  await bob.says('message alice three');
  await bob.sees('sent:');
  await alice.says('fetch');
  await alice.seesInOrder('fetching', '[01-01-26T00:00:00] bob: three', 'DONE');
  await alice.says('logout');
  await alice.sees('goodbye');
  await alice.isClosed();
});

test('it receives each message once, and the others stay queued', async () => {
  await using server = await startServer();
  const bob = await server.joins('bob');
  const alice = server.connectClassic('alice');
  await alice.registers('alice', PASSWORD);
  await alice.logsIn('alice', PASSWORD);
  await alice.sees('DONE');
  await bob.says('message alice one');
  await bob.sees('sent:');
  await alice.closes();
  await bob.asksUntil('who', 'bob');
  const again = server.connectClassic('alice');
  await again.logsIn('alice', PASSWORD);
  await again.seesInOrder('[01-01-26T00:00:00] bob: one', 'DONE');
  await again.says('fetch');
  await again.seesInOrder('fetching', 'DONE');
});

test('blocks and time-outs use its own wording', async () => {
  await using server = await startServer({ timeouts: { idle: 90, login: 60 } });
  const alice = server.connectClassic('alice');
  await alice.registers('alice', PASSWORD);
  await alice.logsIn('alice', PASSWORD);
  await alice.sees('DONE');
  server.clock.advance(90);
  await alice.sees('timeout:90');
  const guesser = server.connectClassic('guesser');
  await guesser.says('alice', 'wrong 1', 'wrong 2', 'wrong 3');
  await guesser.seesInOrder('password', 'password', 'password', '60');
  const late = server.connectClassic('late');
  await late.says('alice');
  await late.sees('blocked:60');
});

test('without an inbox it receives the messages sent while it was connected', async () => {
  await using server = await startServer({ 'offline-messages': false });
  const bob = await server.joins('bob');
  const alice = server.connectClassic('alice');
  await alice.registers('alice', PASSWORD);
  await alice.logsIn('alice', PASSWORD);
  await alice.sees('DONE');
  await bob.says('message alice one');
  await bob.sees('sent:');
  await alice.says('whoelse');
  await alice.seesInOrder('bob', '[01-01-26T00:00:00] bob: one', 'DONE');
});

test('without an inbox it is closed when too much is queued for it', async () => {
  await using server = await startServer({ 'offline-messages': false }, { outboxBytes: 10_000 });
  const bob = await server.joins('bob');
  const alice = server.connectClassic('alice');
  await alice.registers('alice', PASSWORD);
  await alice.logsIn('alice', PASSWORD);
  await alice.sees('DONE');
  for (let i = 0; i < 3; i++) await bob.says(`message alice ${'x'.repeat(4000)}`);
  await bob.seesInOrder('sent:', 'sent:', 'sent:');
  await alice.sees('closing:too-slow');
  await alice.isClosed();
});
