import { definePlugin, EVERYONE, MessageLog, type NewEntry } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { slowMemory } from '../support/slow-memory.ts';

const logOf = (server: TestServer) => server.host.service(MessageLog.service) as MessageLog;
const idOf = (server: TestServer, name: string) => server.host.kernel.messages.online.find(name)?.id ?? 0;

function entry(to: NewEntry['to'], body: string): NewEntry {
  const plain = { kind: 'message', version: 1, counts: true, device: '', toSender: false, time: Date.UTC(2026, 0, 1) };
  return { ...plain, to, body, sender: 0, from: '*elsewhere*' };
}

describe('entries in the log are delivered', () => {
  test('whoever appended them, in one order with messages posted here', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const log = logOf(server);
    await log.append([entry({ room: EVERYONE }, 'one'), entry({ direct: [0, idOf(server, 'bob')] }, 'two')]);
    expect(await alice.asks('message bob three')).toSatisfy((line: string) => line.endsWith('one'));
    await alice.sees('sent:');
    for (const [from, text] of [
      ['*elsewhere*', 'one'],
      ['*elsewhere*', 'two'],
      ['alice', 'three'],
    ] as const)
      await bob.hears(from, text);
    await bob.logsOut();
    await log.append([entry({ direct: [0, idOf(server, 'alice')] }, 'four')]);
    await alice.hears('*elsewhere*', 'four');
    const again = await server.returns('bob');
    await again.seesNothing();
  });

  test('and messages posted here hide none that another process appended', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await bob.logsOut();
    await logOf(server).append([entry({ room: EVERYONE }, 'one')]);
    await alice.hears('*elsewhere*', 'one');
    expect(await alice.asks('message bob two')).toBe('sent:');
    const back = await server.returns('bob');
    await back.hears('*elsewhere*', 'one');
    await back.hears('alice', 'two');
    await back.seesNothing();
  });

  test('in a named room, to its members', async () => {
    await using server = await startServer({ rooms: false });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const log = logOf(server);
    const lab = (await log.createRoom('lab', {}))?.id ?? 0;
    await log.append([entry({ room: lab }, 'nobody')]);
    await log.join(lab, idOf(server, 'bob'), '', 1);
    await log.append([entry({ room: lab }, 'live')]);
    await bob.hears('#lab *elsewhere*', 'live');
    await bob.logsOut();
    await log.append([entry({ room: lab }, 'away')]);
    const back = await server.returns('bob');
    await back.hears('#lab *elsewhere*', 'away');
    await log.append([entry({ room: lab }, 'again')]);
    await back.hears('#lab *elsewhere*', 'again');
    await log.leave(lab, idOf(server, 'bob'), 2);
    await log.append([entry({ room: lab }, 'gone')]);
    await back.seesNothing();
    await alice.seesNothing();
  });
});

test('a message to more users than a conversation holds is one entry per recipient, and sent once', async () => {
  await using server = await startServer({ message: { recipients: 100 } }, { lineBytes: 4096 });
  const names = Array.from({ length: 40 }, (_, i) => `u${i}`);
  for (const name of ['alice', ...names]) {
    const client = server.connect(name);
    await client.registers(name, PASSWORD);
    await client.closes();
  }
  const last = await server.returns('u39');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  const message = { type: 'message' as const, to: ['alice', ...names, 'ghost'], text: 'hi', key: 'k' };
  alice.says(message);
  await alice.sees({ type: 'message', text: 'hi', from: 'alice' });
  const { facts } = (await alice.sees({ type: 'answer', text: 'sent:ghost' })) as { facts: object };
  alice.says({ ...message, again: true });
  await alice.sees({ type: 'answer', text: 'sent:ghost', facts });
  await alice.seesNothing();
  await last.hears('alice', 'hi');
  await last.seesNothing();
  const log = logOf(server);
  const head = await log.head();
  expect(head).toBe(41);
  expect((await log.get(head))?.members).toHaveLength(2);
});

test('a message to several users and oneself is one entry in their conversation', async () => {
  await using server = await startServer();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message (bob alice) hi');
  await alice.sees(/ alice: hi$/);
  await alice.sees('sent:');
  await alice.says('message alice own');
  await alice.sees(/ alice: own$/);
  await alice.sees('sent:');
  await bob.hears('alice', 'hi');
  const log = logOf(server);
  expect((await log.get(1))?.members).toEqual([1, 2]);
  expect((await log.get(2))?.members).toEqual([1]);
});

test('what a handler posts to those online during a delivery comes after it', async () => {
  const plugin = definePlugin({
    name: 'receipts',
    summary: 'Notifies everyone online of what alice is given',
    setup: ({ server }) => ({
      hooks: {
        onDeliver({ account }, { from, text }) {
          if (text === 'one' && account?.name === 'alice') void server.post({ from, to: 'online', text: 'seen' });
        },
      },
    }),
  });
  await using server = await startServer({ receipts: plugin });
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  expect(await carol.asks('broadcast one')).toBe('sent:');
  for (const client of [alice, bob]) {
    await client.hears('carol', 'one');
    await client.hears('carol', 'seen');
  }
});

test('a broadcast to those online is not kept, and arrives after its sender’s earlier messages', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isSlow = false;
  const store = slowMemory(() => (isSlow ? promise : Promise.resolve()));
  await using server = await startServer({ memory: false, store, broadcast: { to: 'online' } });
  await server.registers('carol');
  const alice = await server.joins('alice');
  const bob = server.connectJson();
  await server.registers('bob');
  await bob.logsIn('bob', PASSWORD);
  isSlow = true;
  await alice.says('message bob first', 'broadcast second');
  await bob.seesNothing();
  resolve();
  await alice.seesInOrder('sent:', 'sent:');
  await bob.sees({ type: 'message', text: 'first', id: 1 });
  await bob.sees({ type: 'message', text: 'second', id: 0, audience: 'everyone' });
  const carol = await server.returns('carol');
  await carol.seesNothing();
});
