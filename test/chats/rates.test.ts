import { type LineClient, PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

const lines = (count: number, line = 'who') => Array.from({ length: count }, () => line);

/** Expects one answer so many times. */
async function seesTimes(client: LineClient, count: number, answer: string) {
  for (let i = 0; i < count; i++) await client.sees(answer);
}

/** Two lines a second, in bursts of ten. The login took two of them. */
const SLOW = { linesPerSecond: 2, lineBurst: 10, bytesPerSecond: 0 };

test('pasting 50 lines, or sending 5 a second, is never refused', async () => {
  await using server = await startServer();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  const text = 'A line as people write them, of some length, but not too long. '.repeat(2);
  await alice.says(...lines(50, `message bob ${text}`));
  await seesTimes(alice, 50, 'sent:');
  for (let i = 0; i < 50; i++) await bob.hears('alice', text);
  for (let second = 0; second < 100; second++) {
    await alice.says(...lines(5, `message bob ${text}`));
    await seesTimes(alice, 5, 'sent:');
    server.clock.advance(1);
  }
  expect(server.limitHits).toEqual({});
});

describe('a client that exceeds the burst of lines', () => {
  test('gets errors, and is served again after a while', async () => {
    await using server = await startServer({ registration: true }, SLOW);
    await server.registers('alice', 'bob');
    const [bob, alice] = [await server.returns('bob'), await server.returns('alice')];
    await alice.says(...lines(8), 'send bob too fast', 'nonsense');
    await seesTimes(alice, 8, 'bob alice');
    await alice.seesInOrder('error:rate:send', 'error:rate:nonsense');
    await bob.seesNothing();
    expect(server.limitHits).toEqual({ 'lines-per-second': 2 });
    // Refused lines count too: two lines are owed.
    server.clock.advance(1.5);
    await alice.says('who', 'who');
    await alice.seesInOrder('bob alice', 'error:rate:who');
  });

  test('and goes on, is closed', async () => {
    await using server = await startServer({}, SLOW);
    await server.registers('alice', 'bob');
    const [bob, alice] = [await server.returns('bob'), await server.returns('alice')];
    await alice.says(...lines(30));
    await seesTimes(alice, 8, 'bob alice');
    await seesTimes(alice, 10, 'error:rate:who');
    await alice.sees('closing:too-fast');
    await alice.isClosed();
    expect(server.limitHits).toEqual({ 'lines-per-second': 10, 'too-fast': 1 });
    await bob.says('who');
    await bob.sees('bob');
  });

  test('gets errors with its requests if it is a program, and its acknowledgements are never too fast', async () => {
    await using server = await startServer({}, { ...SLOW, lineBurst: 4 });
    await server.registers('alice');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    for (let i = 0; i < 50; i++) alice.says({ type: 'acknowledge', id: i });
    for (let i = 0; i < 4; i++) alice.says({ type: 'command', request: i, name: 'who', text: '' });
    for (let i = 0; i < 3; i++) await alice.sees({ type: 'answer', request: i, text: 'alice' });
    await alice.sees({ type: 'error', request: 3, reason: 'rate', about: 'who' });
    for (let i = 0; i < 50; i++) alice.says({ type: 'acknowledge', id: i });
    server.clock.advance(2);
    await alice.seesNothing();
    expect(server.failures).toEqual([]);
  });
});

describe('bytes', () => {
  const bytes = { bytesPerSecond: 100, byteBurst: 1000, linesPerSecond: 0 };

  test('over the burst get lines refused until enough time has passed', async () => {
    await using server = await startServer({}, bytes);
    const [bob, alice] = [await server.joins('bob'), await server.joins('alice')];
    const text = 'x'.repeat(400);
    await alice.says(`message bob ${text}`);
    await alice.sees('sent:');
    await alice.says(`message bob ${text}`);
    await alice.sees('sent:');
    await alice.says(`message bob ${text}`);
    await alice.sees('error:rate:message');
    expect(server.limitHits).toEqual({ 'bytes-per-second': 1 });
    server.clock.advance(4);
    await alice.says('who');
    await alice.sees('bob alice');
    await bob.hears('alice', text);
    await bob.hears('alice', text);
    await bob.seesNothing();
  });

  test('of an endless line close the connection, before and after the login', async () => {
    await using server = await startServer({}, bytes);
    const alice = await server.joins('alice');
    for (const client of [alice, server.connect()]) {
      await client.writesRaw('x'.repeat(900));
      await client.writesRaw('x'.repeat(1200));
      await client.sees('closing:too-fast');
      await client.isClosed();
    }
    expect(server.limitHits).toEqual({ 'too-fast': 2 });
  });

  test('of useful acknowledgements do not count, those of others do', async () => {
    await using server = await startServer({}, { ...bytes, byteBurst: 4000 });
    const bob = await server.joins('bob');
    await server.registers('alice');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    for (let i = 0; i < 300; i++) {
      if (i % 30 === 0) server.clock.advance(10);
      await bob.says('message alice hi');
      await bob.sees('sent:');
      const message = await alice.sees({ type: 'message', text: 'hi' });
      alice.says({ type: 'acknowledge', id: (message as { id: number }).id });
    }
    await alice.seesNothing();
    expect(server.limitHits).toEqual({});
    for (let i = 0; i < 300; i++) alice.says({ type: 'acknowledge', id: 1 });
    await alice.sees({ type: 'closing', reason: 'too-fast' });
  });
});

test('a rate of 0 is no limit', async () => {
  await using server = await startServer({}, { linesPerSecond: 0, bytesPerSecond: 0, byteBurst: 1, lineBurst: 1 });
  const alice = await server.joins('alice');
  await alice.says(...lines(1000));
  await seesTimes(alice, 1000, 'alice');
});

describe('before the login', () => {
  test('the number of lines is limited', async () => {
    await using server = await startServer({}, { loginLines: 20 });
    const alice = server.connect();
    await alice.says(...lines(20, 'not a name'));
    await seesTimes(alice, 20, 'username');
    await alice.says('not a name');
    await alice.sees('closing:too-many-lines');
    await alice.isClosed();
    expect(server.limitHits).toEqual({ 'too-many-lines': 1 });
  });

  test('restarted logins and their time are limited too', async () => {
    await using server = await startServer({ timeouts: { login: 60 } }, { loginLines: 20 });
    await server.registers('alice');
    const again = { type: 'login', name: 'alice', password: 'wrong password' } as const;
    const alice = server.connectJson();
    alice.says({ type: 'login', name: 'not a name', password: 'some password' });
    await alice.sees({ type: 'ask', question: 'username' });
    for (let i = 0; i < 20; i++) alice.says({ ...again, name: 'not a name' });
    for (let i = 0; i < 19; i++) await alice.sees({ type: 'ask', question: 'username' });
    await alice.sees({ type: 'closing', reason: 'too-many-lines' });

    const late = server.connectJson();
    for (let i = 0; i < 6; i++) {
      late.says({ ...again, name: 'not a name' });
      await late.sees({ type: 'ask', question: 'username' });
      server.clock.advance(10);
    }
    await late.sees({ type: 'closing', reason: 'timeout', seconds: 60 });
    await late.isClosed();
  });

  test('the rate of lines closes at once', async () => {
    await using server = await startServer({}, SLOW);
    const alice = server.connect();
    await alice.says(...lines(11, 'not a name'));
    await seesTimes(alice, 10, 'username');
    await alice.sees('closing:too-fast');
  });
});
