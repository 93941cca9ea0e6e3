import { Accounts, MessageLog } from 'chatserv';
import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { enters, wantOneName } from '../../../test/support/guests.ts';

const start = (plugins: TestPlugins = {}, limits = {}) =>
  startServer({ guests: true, registration: false, ...plugins }, limits);

async function addUser(server: TestServer, name: string): Promise<void> {
  await (server.host.service(Accounts.service) as Accounts).create(name, '');
}

test('without registration a new name may come in as a guest, and an answer other than y asks for another name', async () => {
  await using server = await start();
  const client = server.connect();
  await client.says('gil', 'no', 'kim', 'y');
  await client.seesInOrder('guest', 'username', 'guest', 'welcome');
  expect(await client.asks('whoelse')).toBe('');
  expect(await client.asks('who')).toBe('kim[guest]');
});

test('guests are limited per network, and a place is free once one has left', async () => {
  await using server = await start({ guests: { perNetwork: 2 } });
  const first = await enters(server, 'a', '198.51.100.1');
  await enters(server, 'b', '198.51.100.1');
  const late = server.connect('c', '198.51.100.1');
  await late.says('c', 'y');
  await late.seesInOrder('guest', 'closing:too-many-guests');
  await enters(server, 'd', '198.51.100.2');
  await first.logsOut();
  await enters(server, 'c', '198.51.100.1');
  expect(server.limitHits['guests-per-network']).toBe(1);
});

test('of clients that want one name at once, one gets it', async () => {
  await using server = await start();
  expect(await wantOneName(server)).toEqual(['username', 'username', 'username', 'welcome']);
});

test('guests may be kept from writing, and from commands', async () => {
  await using server = await start({ guests: { write: false, commands: ['message', 'logout'] } });
  const gil = await enters(server, 'gil');
  expect(await gil.asks('message gil[guest] hi')).toBe('error:guest:message');
  expect(await gil.asks('who')).toBe('error:guest:who');
});

test('a guest gets no token, and comes back as another guest', async () => {
  await using server = await start();
  const gil = server.connectJson();
  gil.says({ type: 'guest', name: 'gil' });
  await gil.sees({ type: 'welcome', name: 'gil[guest]' });
  await gil.seesNothing();
});

test('messages of a guest to everyone are kept for users, under the marked name', async () => {
  await using server = await startServer({ guests: true });
  await server.registers('alice');
  const gil = server.connect('gil');
  await gil.says('gil', 'n', 'y', 'broadcast hello');
  await gil.seesInOrder('register', 'guest', 'welcome', 'sent:');
  const alice = await server.returns('alice');
  await alice.hears('gil[guest]', 'hello');
  const log = server.host.service(MessageLog.service) as MessageLog;
  const [entry] = await log.read((await findUser(server, 'alice'))?.id ?? 0, 0, 1e9, 10);
  expect(entry?.sender).toBeLessThan(0);
});

async function findUser(server: TestServer, name: string) {
  return (server.host.service(Accounts.service) as Accounts).find(name);
}

test('a guest who speaks JSON and acknowledges nothing still gets every message', async () => {
  await using server = await startServer({ guests: true }, { unacknowledged: 3, linesPerSecond: 0 });
  const alice = await server.joins('alice');
  const gil = server.connectJson();
  gil.says({ type: 'guest', name: 'gil' });
  await gil.sees({ type: 'welcome' });
  for (let i = 0; i < 10; i++) {
    await alice.says(`broadcast ${i}`);
    await alice.sees('sent:');
    await gil.sees({ type: 'message', text: String(i) });
  }
});

test('a guest with a client that polls gets messages with its next command', async () => {
  await using server = await startServer({ guests: true });
  const alice = await server.joins('alice');
  const gil = server.connectClassic('gil');
  await gil.says('gil', 'n', 'y');
  await gil.seesInOrder('register', 'guest', 'welcome', 'DONE');
  await alice.says('broadcast one', 'broadcast two');
  await alice.seesInOrder('sent:', 'sent:');
  await gil.says('whoelse');
  await gil.seesInOrder('alice', /alice: one$/, /alice: two$/, 'DONE');
});

test('guests stay over a reload, and are still counted', async () => {
  await using server = await start({ guests: { maxGuests: 1 } });
  const gil = await enters(server, 'gil');
  await server.reload({ guests: { maxGuests: 1, write: false } });
  expect(await gil.asks('broadcast hi')).toBe('error:guest:broadcast');
  const late = server.connect();
  await late.says('kim', 'y');
  await late.seesInOrder('guest', 'closing:too-many-guests');
  await gil.logsOut();
  await enters(server, 'kim');
});

test('a name that somebody registers while a guest is asked is refused', async () => {
  await using server = await start();
  const client = server.connect();
  await client.says('gil');
  await client.sees('guest');
  await addUser(server, 'gil');
  await client.says('y');
  await client.sees('username');
});
