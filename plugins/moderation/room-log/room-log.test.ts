import { Accounts } from 'chatserv';
import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';
import { startProgram } from '../../../test/support/program.ts';

interface Act {
  readonly time: string;
  readonly by: string;
  readonly change: string;
  readonly [fact: string]: unknown;
}

async function lab(plugins: TestPlugins = {}): Promise<{ server: TestServer; alice: Program; bob: Program }> {
  const server = await startServer({ timeouts: false, ...plugins }, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers('alice', 'bob');
  const [alice, bob] = [await on(server, 'alice', 'phone'), await on(server, 'bob', 'phone')];
  await alice.asks('create', { room: '#lab' });
  await bob.asks('join', { room: '#lab' });
  return { server, alice, bob };
}

function on(server: TestServer, name: string, device?: string): Promise<Program> {
  return Program.logsIn(server.connectJson(), name, device);
}

async function log(reader: Program, more: object = {}): Promise<readonly Act[]> {
  return (await reader.asks('room-log', { room: '#lab', ...more })).acts as readonly Act[];
}

const changes = async (reader: Program) => (await log(reader)).map(({ change }) => change);

test('a program gets acts as facts, the same on each device, in pages', async () => {
  const { server, alice, bob } = await lab();
  await alice.asks('room-ban', { room: '#lab', user: 'bob', time: 3600 });
  await alice.asks('room-unban', { room: '#lab', user: 'bob' });
  await bob.asks('join', { room: '#lab' });
  await alice.asks('room-slow', { room: '#lab', time: 30 });
  await alice.asks('room-retention', { room: '#lab', how: 'none' });
  const [room, time, by] = [expect.any(Number), '2026-01-01T00:00:00.000Z', 'alice'];
  const banned = { time, by, change: 'banned', account: expect.any(Number), user: 'bob', seconds: 3600 };
  const acts = [
    { time, by, change: 'created' },
    banned,
    { ...banned, change: 'unbanned', seconds: undefined },
    { time, by, change: 'slow', slow: 30 },
    { time, by, change: 'retention', retention: 'none' },
  ];
  for (const reader of [bob, await on(server, 'bob', 'laptop')]) expect(await log(reader)).toEqual(acts);
  const latest = await bob.asks('room-log', { room: '#lab', count: 3 });
  expect(latest).toEqual({ room, roomName: '#lab', acts: acts.slice(2), next: expect.any(Number) });
  const earlier = await bob.asks('room-log', { room: '#lab', count: 3, before: latest.next });
  expect(earlier).toEqual({ room, roomName: '#lab', acts: acts.slice(0, 2) });
});

test('only moderators read it, if the host wants that', async () => {
  const { alice, bob } = await lab({ 'room-log': { readableBy: 'moderators' } });
  await expect(log(bob)).rejects.toThrow('"role"');
  expect(await changes(alice)).toEqual(['created']);
});

test('tells who deleted the messages of others, which reports were resolved, and what was rejected', async () => {
  const { alice, bob } = await lab();
  const send = async (by: Program) => Number((await by.asks('message', { to: ['#lab'], text: 'secret' })).id);
  const [own, others, reported] = [await send(bob), await send(bob), await send(bob)];
  await bob.asks('delete', { message: own });
  await alice.asks('delete', { message: others });
  await alice.asks('report', { message: String(reported) });
  await alice.asks('resolve', { report: reported });
  await alice.asks('room-approval', { room: '#lab', state: 'on' });
  await expect(send(bob)).rejects.toThrow('"held"');
  await alice.asks('room-reject', { room: '#lab', number: 1 });
  const acts = await log(bob);
  expect(acts.slice(1)).toMatchObject([
    { change: 'removed', user: 'bob', id: others },
    { change: 'resolved', id: reported },
    { change: 'approval', approval: true },
    { change: 'rejected', user: 'bob', number: 1 },
  ]);
  expect(JSON.stringify(acts)).not.toContain('secret');
});

test('notes later what was done while it was off, and names no account that was removed', async () => {
  const { server, alice, bob } = await lab();
  await server.reload({ 'room-log': false });
  await alice.asks('topic', { room: '#lab', text: 'Tea' });
  await alice.asks('room-mute', { room: '#lab', user: 'bob', time: 60 });
  await server.reload({ 'room-log': true });
  await expect.poll(() => changes(bob)).toEqual(['created', 'topic', 'muted']);
  await alice.asks('room-unmute', { room: '#lab', user: 'bob' });
  await expect.poll(() => changes(bob)).toEqual(['created', 'topic', 'muted', 'unmuted']);
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find('bob'))?.id ?? 0);
  expect((await log(alice)).slice(2)).toMatchObject([{ user: '*removed*' }, { user: '*removed*' }]);
  expect(JSON.stringify(await log(alice))).not.toContain('bob');
});

test('keeps so many acts of a room for so long, and none of a room that was deleted', async () => {
  const { server, alice } = await lab({ 'room-log': { maxActs: 10, days: 2, maxPageSize: 500 } });
  for (let i = 1; i <= 50; i++) {
    server.clock.advance(1);
    await alice.asks('room-slow', { room: '#lab', time: i });
  }
  expect((await log(alice, { count: 500 })).map(({ slow }) => slow)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
  server.clock.advance(86_400);
  await alice.asks('topic', { room: '#lab', text: 'Tea' });
  server.clock.advance(86_400);
  expect(await changes(alice)).toEqual(['topic']);
  await expect(log(alice, { count: 501 })).rejects.toThrow('"too-many"');
  expect(server.limitHits).toEqual({ 'room-log-page': 1 });
  await alice.asks('room-delete', { room: '#lab' });
  await alice.asks('create', { room: '#lab' });
  expect(await changes(alice)).toEqual(['created']);
});

test('what was done before the server was killed is in the log, each act once', { timeout: 60_000 }, async () => {
  await using program = await startProgram();
  await program.registers('alice');
  const logsIn = async () => Program.logsIn(await program.connectJson(), 'alice', 'phone');
  let alice = await logsIn();
  await alice.asks('create', { room: '#lab' });
  for (let i = 1; i <= 5; i++) await alice.asks('topic', { room: '#lab', text: `Topic ${i}` });
  await program.kill();
  await program.start();
  alice = await logsIn();
  await alice.asks('topic', { room: '#lab', text: 'Topic 6' });
  await expect
    .poll(async () => (await log(alice)).map(({ topic }) => topic))
    .toEqual([undefined, ...[1, 2, 3, 4, 5, 6].map((i) => `Topic ${i}`)]);
});
