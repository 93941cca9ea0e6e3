import { Accounts, definePlugin, MessageLog, type Server } from 'chatserv';
import { type LineClient, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { expect, onTestFinished, test } from 'vitest';
import { answer } from '../../../test/support/answer.ts';
import { Program } from '../../../test/support/json-program.ts';

/** Alice owns #lab, with Bob and Carol in it; Dora has no part in it. */
async function lab(plugins: TestPlugins = {}): Promise<TestServer> {
  const server = await startServer({ rooms: { quietAbove: 0 }, timeouts: false, ...plugins }, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers('alice', 'bob', 'carol', 'dora');
  return server;
}

async function program(server: TestServer, name: string, device?: string): Promise<Program> {
  return Program.logsIn(server.connectJson(), name, device);
}

/** The data of the notices about reports that a program was sent so far. */
async function notices(moderator: Program): Promise<unknown[]> {
  await moderator.asks('who');
  return moderator
    .takes('entry')
    .filter(({ kind }) => kind === 'report')
    .map(({ data }) => data);
}

/** Posts a message. @returns its id */
async function says(from: Program, text: string): Promise<number> {
  const { id = 0 } = await from.asks('message', { to: ['#lab'], text });
  return id;
}

async function members(server: TestServer): Promise<{ alice: Program; bob: Program; carol: Program; room: number }> {
  const [alice, bob, carol] = [
    await program(server, 'alice', 'phone'),
    await program(server, 'bob'),
    await program(server, 'carol'),
  ];
  const { room } = await alice.asks('create', { room: '#lab' });
  for (const one of [bob, carol]) await one.asks('join', { room: '#lab' });
  return { alice, bob, carol, room: room as number };
}

test('a moderator is told on all devices, and again when she comes back', async () => {
  const server = await lab();
  const { alice, bob, carol, room } = await members(server);
  const laptop = await program(server, 'alice', 'laptop');
  const id = await says(bob, 'you are all fools');
  expect(await carol.asks('report', { message: String(id), reason: 'rude' })).toEqual({ id });
  const told = { room, roomName: '#lab', open: 1, id, user: 'bob', by: 'carol', reason: 'rude' };
  expect(await notices(alice)).toEqual([told]);
  expect(await notices(laptop)).toEqual([told]);
  expect(await notices(bob)).toEqual([]);
  for (const device of [alice, laptop]) await device.client.closes();
  const back = await program(server, 'alice', 'phone');
  expect(await notices(back)).toEqual([{ room, roomName: '#lab', open: 1 }]);
  expect(await back.asks('reports', { room: '#lab' })).toEqual({
    reports: [
      {
        id,
        user: 'bob',
        text: 'you are all fools',
        room,
        roomName: '#lab',
        time: '2026-01-01T00:00:00.000Z',
        reports: [{ user: 'carol', reason: 'rude', time: '2026-01-01T00:00:00.000Z' }],
      },
    ],
    hasMore: false,
  });
  expect(await back.asks('resolve', { report: id, note: 'Warned.' })).toEqual({ id, reporters: 1 });
  await carol.asks('who');
  expect(carol.takes('message').at(-1)).toMatchObject({
    from: '*server*',
    text: 'Your report of a message of bob in #lab was dealt with: Warned.',
  });
});

test('of two moderators who resolve a report at the same moment one does', async () => {
  const server = await lab();
  const { alice, bob, carol } = await members(server);
  await alice.asks('room-role', { room: '#lab', user: 'carol', role: 'moderator' });
  const dora = await program(server, 'dora');
  await dora.asks('join', { room: '#lab' });
  const id = await says(bob, 'spam');
  await dora.asks('report', { message: 'bob' });
  const done = await Promise.allSettled([alice, carol].map((one) => one.asks('resolve', { report: id })));
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await dora.asks('who');
  expect(dora.takes('message').filter(({ from }) => from === '*server*')).toHaveLength(1);
});

test('limits the reports of a user, the open ones of a room, and their reasons', async () => {
  const server = await lab({ reports: { perDay: 3, maxOpen: 2, reasonLength: 5, pageSize: 1 } });
  const { alice, bob, carol } = await members(server);
  const ids: number[] = [];
  for (const text of ['one', 'two', 'three', 'four']) ids.push(await says(bob, text));
  const report = (index: number, reason?: string) => carol.asks('report', { message: String(ids[index]), reason });
  await expect(report(0, 'too long')).rejects.toThrow('"too-long"');
  await report(0);
  await report(1);
  // The same message does not count again.
  await report(1);
  await expect(report(2)).rejects.toThrow('"full"');
  const first = await alice.asks('reports');
  expect(first).toMatchObject({ reports: [{ id: ids[0] }], hasMore: true });
  expect(await alice.asks('reports', { after: ids[0] })).toMatchObject({ reports: [{ id: ids[1] }], hasMore: false });
  await alice.asks('resolve', { report: ids[0] });
  await report(2);
  await alice.asks('resolve', { report: ids[1] });
  await expect(report(3)).rejects.toThrow('"too-many"');
  server.clock.advance(86_400);
  await report(3);
  expect(server.limitHits).toEqual({ 'report-reason': 1, 'open-reports': 1, 'reports-per-account': 1 });
});

test('hides who reported from moderators, if the host wants that', async () => {
  const server = await lab({ reports: { showReporters: false } });
  const { alice, bob, carol } = await members(server);
  const id = await says(bob, 'spam');
  await carol.asks('report', { message: String(id), reason: 'ads' });
  expect(await notices(alice)).toMatchObject([{ id, user: 'bob', reason: 'ads' }]);
  const listed = JSON.stringify(await alice.asks('reports'));
  expect(listed).toContain('"reason":"ads"');
  expect(listed).not.toContain('carol');
  const plain: LineClient = await server.returns('alice');
  await plain.seesInOrder(/ spam$/, /#lab \*server\*: 1 open report: reports #lab$/);
  expect(await answer(plain, 'reports')).toMatch(/ #lab bob: spam \| ads$/);
});

test('shows the text as it was last edited, and forgets accounts that were removed', async () => {
  let server: Server | undefined;
  const edits = definePlugin({
    name: 'other-edits',
    summary: 'Changes messages',
    setup(setup) {
      server = setup.server;
      return {};
    },
  });
  const host = await lab({ edits });
  const { alice, bob, carol } = await members(host);
  const log = host.host.service(MessageLog.service) as MessageLog;
  const id = await says(bob, 'spam');
  await carol.asks('report', { message: String(id), reason: 'ads' });
  const { room = 0, sender = 0 } = (await log.get(id)) ?? {};
  const edit = { kind: 'edit', version: 1, counts: false, from: 'bob', device: '', toSender: false, time: 0 };
  await log.append([{ ...edit, to: { room }, sender, body: '{"text":"eggs"}', of: id }]);
  expect(await alice.asks('reports')).toMatchObject({ reports: [{ text: 'eggs', reports: [{ user: 'carol' }] }] });
  const accounts = host.host.service(Accounts.service) as Accounts;
  for (const name of ['carol', 'bob']) await accounts.remove((await accounts.find(name))?.id ?? 0);
  await expect
    .poll(() => alice.asks('reports'))
    .toMatchObject({ reports: [{ id, user: '*removed*', text: 'eggs', reports: [] }] });
  await server?.redact(id, { id: 0, name: '*server*' });
  expect(await alice.asks('reports')).toMatchObject({ reports: [{ id, text: null }] });
  expect(await alice.asks('resolve', { report: id })).toEqual({ id, reporters: 0 });
});

test('a room without moderators leaves its reports to those of the server', async () => {
  const server = await lab({ rooms: { declared: { '#lab': {} } } });
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.setRoles((await accounts.find('dora'))?.id ?? 0, ['moderator']);
  const [bob, carol, dora] = [
    await program(server, 'bob'),
    await program(server, 'carol'),
    await program(server, 'dora'),
  ];
  for (const one of [bob, carol]) await one.asks('join', { room: '#lab' });
  const id = await says(bob, 'spam');
  await carol.asks('report', { message: String(id) });
  expect(await notices(dora)).toEqual([{ open: 1, id, user: 'bob', by: 'carol' }]);
  expect(await dora.asks('reports')).toMatchObject({ reports: [{ id }] });
});
