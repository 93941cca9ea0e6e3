import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LineClient, PASSWORD, startServer } from 'chatserv/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const saying = (to: string, count: number) => Array.from({ length: count }, (_, i) => `message ${to} ${i}`);

/** Sends messages one after another: concurrent ones may exceed a limit by a few. */
async function sendsTo(client: LineClient, to: string, count: number): Promise<string[]> {
  const answers: string[] = [];
  for (const line of saying(to, count)) answers.push(await client.asks(line));
  return answers;
}

describe.each(['memory', 'sqlite'])('an inbox in %s', (store) => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatserv-room-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const start = (options: object, limits = {}) => {
    const sqlite = store === 'sqlite' && { file: join(folder, 'chat.db') };
    return startServer({ 'offline-messages': options, sqlite, memory: store === 'memory' }, limits);
  };

  test('takes a limited number of messages from one sender until they are fetched', async () => {
    await using server = await start({ maxQueuedPerSender: 3 });
    await server.registers('bob');
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says(...saying('bob', 5));
    await alice.seesInOrder('sent:', 'sent:', 'sent:', 'error:full:message', 'error:full:message');
    await carol.says('message bob from carol');
    await carol.sees('sent:');
    expect(server.limitHits).toEqual({ 'waiting-messages-from-sender': 2 });
    const bob = await server.returns('bob');
    for (let i = 0; i < 3; i++) await bob.hears('alice', String(i));
    await bob.hears('carol', 'from carol');
    await bob.logsOut();
    server.clock.advance(1);
    await alice.says(...saying('bob', 4));
    await alice.seesInOrder('sent:', 'sent:', 'sent:', 'error:full:message');
  });

  test('takes a limited number of messages in all, and any number of broadcasts', async () => {
    await using server = await start({ maxQueued: 4, maxQueuedPerSender: 3, strangersShare: 1 });
    await server.registers('bob');
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says(...saying('bob', 2));
    await alice.seesInOrder('sent:', 'sent:');
    await carol.says(...saying('bob', 3));
    await carol.seesInOrder('sent:', 'sent:', 'error:full:message');
    await alice.says('message bob 2', 'broadcast to all');
    await alice.seesInOrder('error:full:message', 'sent:');
    expect(server.limitHits).toEqual({ 'waiting-messages': 2 });
  });

  test('that is full is reported with the unknown names if a message has other recipients', async () => {
    await using server = await start({ maxQueuedPerSender: 1 });
    await server.registers('bob', 'dave');
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says('message bob 1', 'message (bob nobody carol dave) 2', 'message (bob dave) 3');
    await alice.seesInOrder('sent:', 'sent:nobody,bob', 'error:full:message');
    await carol.hears('alice', '2');
    await carol.seesNothing();
    const dave = await server.returns('dave');
    await dave.hears('alice', '2');
    await dave.seesNothing();
  });

  test('of a user who is online and reads is never full', async () => {
    await using server = await start({ maxQueued: 2, maxQueuedPerSender: 2 });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await alice.says(...saying('bob', 20));
    for (let i = 0; i < 20; i++) await alice.sees('sent:');
    for (let i = 0; i < 20; i++) await bob.hears('alice', String(i));
    expect(server.limitHits).toEqual({});
  });

  test('of a user who is online and does not acknowledge fills up, and has room again when it is read', async () => {
    await using server = await start(
      { maxQueued: 10, maxQueuedPerSender: 10, strangersShare: 1 },
      { unacknowledged: 2 },
    );
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    // One after another: concurrent ones may exceed the limit by a few.
    for (const line of saying('bob', 10)) expect(await alice.asks(line)).toBe('sent:');
    for (const line of saying('bob', 2)) expect(await alice.asks(line)).toBe('error:full:message');
    for (let i = 0; i < 10; i++) {
      const message = await bob.sees({ type: 'message', text: String(i) });
      bob.says({ type: 'acknowledge', id: (message as { id: number }).id });
    }
    await bob.seesNothing();
    server.clock.shift(-3600);
    server.clock.advance(10);
    await alice.says('message bob again');
    await alice.sees('sent:');
    await bob.sees({ type: 'message', text: 'again' });
  });

  /** Addresses that limits per network apply to. */
  const [NEAR, FAR] = ['198.51.100.7', '203.0.113.9'];

  test('reserves a part for users whom its owner has written to, whatever strangers send', async () => {
    await using server = await start({ maxQueued: 10, strangersShare: 0.5 });
    const [bob, carol] = [await server.joins('bob'), await server.joins('carol')];
    await bob.says('message carol hello');
    await bob.sees('sent:');
    await carol.hears('bob', 'hello');
    await bob.logsOut();
    const strangers = await Promise.all(['s0', 's1', 's2'].map((name) => server.joins(name)));
    const answers: string[] = [];
    for (const stranger of strangers) answers.push(...(await sendsTo(stranger, 'bob', 3)));
    expect(answers.filter((answer) => answer === 'sent:')).toHaveLength(5);
    expect(answers.filter((answer) => answer === 'error:full:message')).toHaveLength(4);
    expect(server.limitHits).toEqual({ 'waiting-messages-from-strangers': 4 });
    expect(await sendsTo(carol, 'bob', 6)).toEqual(['sent:', 'sent:', 'sent:', 'sent:', 'sent:', 'error:full:message']);
    expect(server.limitHits).toMatchObject({ 'waiting-messages': 1 });
  });

  test('takes a limited number of messages of strangers from one network, and others from elsewhere', async () => {
    await using server = await start({ maxQueuedPerNetwork: 3 });
    await server.registers('bob');
    const [one, two, far] = [
      await server.joins('one', NEAR),
      await server.joins('two', NEAR),
      await server.joins('far', FAR),
    ];
    expect(await sendsTo(one, 'bob', 2)).toEqual(['sent:', 'sent:']);
    expect(await sendsTo(two, 'bob', 2)).toEqual(['sent:', 'error:full:message']);
    await one.says('message bob more');
    await one.sees('error:full:message');
    await far.says('message bob from afar');
    await far.sees('sent:');
    expect(server.limitHits).toEqual({ 'waiting-messages-from-network': 2 });
    const bob = await server.returns('bob');
    for (const [from, text] of [
      ['one', '0'],
      ['one', '1'],
      ['two', '0'],
      ['far', 'from afar'],
    ] as const)
      await bob.hears(from, text);
    await bob.says('message two who are you?');
    await bob.sees('sent:');
    await two.hears('bob', 'who are you?');
    await bob.logsOut();
    server.clock.advance(1);
    expect(await sendsTo(one, 'bob', 4)).toEqual(['sent:', 'sent:', 'sent:', 'error:full:message']);
    // Two is no longer a stranger.
    expect(await sendsTo(two, 'bob', 4)).toEqual(['sent:', 'sent:', 'sent:', 'sent:']);
  });

  test('has no limit per network for an exempt one', async () => {
    await using server = await start({ maxQueuedPerNetwork: 1 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    expect(await sendsTo(alice, 'bob', 3)).toEqual(['sent:', 'sent:', 'sent:']);
  });
});

test('contacts and origins are known after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-room-'));
  const start = () =>
    startServer({
      'offline-messages': { maxQueued: 4, strangersShare: 0.5, maxQueuedPerNetwork: 1 },
      sqlite: { file: join(folder, 'chat.db') },
      memory: false,
    });
  try {
    {
      await using server = await start();
      await server.registers('carol');
      const bob = await server.joins('bob');
      await bob.says('message carol hello');
      await bob.sees('sent:');
      await bob.logsOut();
      const one = await server.joins('one', '198.51.100.7');
      await one.says('message bob 1');
      await one.sees('sent:');
    }
    await using server = await start();
    const two = await server.joins('two', '198.51.100.7');
    await two.says('message bob 2');
    await two.sees('error:full:message');
    expect(server.limitHits).toEqual({ 'waiting-messages-from-network': 1 });
    const carol = await server.returns('carol');
    await carol.hears('bob', 'hello');
    expect(await sendsTo(carol, 'bob', 4)).toEqual(['sent:', 'sent:', 'sent:', 'error:full:message']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
