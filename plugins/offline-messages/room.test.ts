import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD, startServer } from 'chatserv/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const saying = (to: string, count: number) => Array.from({ length: count }, (_, i) => `message ${to} ${i}`);

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

  test('takes so many messages of one sender, until they are fetched', async () => {
    await using server = await start({ waitingFrom: 3 });
    await server.registers('bob');
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says(...saying('bob', 5));
    await alice.seesInOrder('sent:', 'sent:', 'sent:', 'error:full:message', 'error:full:message');
    await carol.says('message bob from carol');
    await carol.sees('sent:');
    expect(server.limitsMet).toEqual({ 'waiting-messages-from-sender': 2 });
    const bob = await server.returns('bob');
    for (let i = 0; i < 3; i++) await bob.hears('alice', String(i));
    await bob.hears('carol', 'from carol');
    await bob.logsOut();
    server.clock.advance(1);
    await alice.says(...saying('bob', 4));
    await alice.seesInOrder('sent:', 'sent:', 'sent:', 'error:full:message');
  });

  test('takes so many messages in all, and broadcasts all the same', async () => {
    await using server = await start({ waiting: 4, waitingFrom: 3 });
    await server.registers('bob');
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says(...saying('bob', 2));
    await alice.seesInOrder('sent:', 'sent:');
    await carol.says(...saying('bob', 3));
    await carol.seesInOrder('sent:', 'sent:', 'error:full:message');
    await alice.says('message bob 2', 'broadcast to all');
    await alice.seesInOrder('error:full:message', 'sent:');
    expect(server.limitsMet).toEqual({ 'waiting-messages': 2 });
  });

  test('that is full is told beside unknown names where a message is for others too', async () => {
    await using server = await start({ waitingFrom: 1 });
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

  test('of who is online and reads is never full', async () => {
    await using server = await start({ waiting: 2, waitingFrom: 2 });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await alice.says(...saying('bob', 20));
    for (let i = 0; i < 20; i++) await alice.sees('sent:');
    for (let i = 0; i < 20; i++) await bob.hears('alice', String(i));
    expect(server.limitsMet).toEqual({});
  });

  test('of who is online and does not acknowledge fills up, and has room again when it is read', async () => {
    await using server = await start({ waiting: 10, waitingFrom: 10 }, { unacknowledged: 2 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    // One after the other: of those that are under way together some more are taken.
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
});
