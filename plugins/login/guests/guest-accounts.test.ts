import { Accounts, Authenticator, definePlugin, MessageLog } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { accountsOf, idOf } from '../../../test/support/accounts.ts';
import { answer, answerUntil } from '../../../test/support/answer.ts';
import { enters, wantOneName } from '../../../test/support/guests.ts';
import { startProgram } from '../../../test/support/program.ts';

const start = (guests: object, more = {}) => startServer({ guests, registration: false, ...more });

test('a guest joins rooms, reads what is said there, and leaves them with the session', async () => {
  await using server = await startServer({ guests: { rooms: 'join' } });
  const alice = await server.joins('alice');
  expect(await alice.asks('create #lab')).toBe('created:#lab');
  const gil = server.connect('gil');
  await gil.says('gil', 'n', 'y');
  await gil.seesInOrder('register', 'guest', 'welcome');
  expect(await gil.asks('join #lab')).toBe('joined:#lab');
  await alice.sees(/ #lab \*server\*: gil\[guest\] joined$/);
  expect(await alice.asks('message #lab hello')).toBe('sent:');
  await gil.sees(/ #lab alice: hello$/);
  expect(await gil.asks('message #lab hi')).toBe('sent:');
  await alice.sees(/ #lab gil\[guest\]: hi$/);
  expect(await alice.asks('message gil[guest] who are you?')).toBe('sent:');
  await gil.hears('alice', 'who are you?');
  expect(await gil.asks('create #attic')).toBe('error:guest:create');
  expect(await gil.asks('change-password')).toBe('error:guest:change-password');

  const id = await idOf(server, 'gil[guest]');
  await gil.logsOut();
  await alice.sees(/ #lab \*server\*: gil\[guest\] left$/);
  await expect.poll(() => accountsOf(server).get(id)).toBeUndefined();
  const log = server.host.service(MessageLog.service) as MessageLog;
  expect(await log.roomsOf(id)).toEqual([]);
  expect(await alice.asks('message gil[guest] bye')).toBe('sent:gil[guest]');
  expect(await alice.asks('members #lab')).toBe('alice:owner');
});

test('a guest is let into the rooms of all new users', async () => {
  await using server = await start({ rooms: 'join' }, { rooms: { declared: { '#lobby': { join: true } } } });
  const gil = await enters(server, 'gil');
  expect(await gil.asks('message #lobby hello')).toBe('sent:');
});

test('a guest may create rooms where the host lets guests, and moderates them', async () => {
  await using server = await start({ rooms: 'create' });
  const gil = await enters(server, 'gil');
  const kim = await enters(server, 'kim');
  expect(await gil.asks('create #lab')).toBe('created:#lab');
  expect(await kim.asks('join #lab')).toBe('joined:#lab');
  await gil.sees(/kim\[guest\] joined$/);
  expect(await answer(gil, 'room-kick #lab kim[guest]')).toBe('done:');
  await kim.sees(/gil\[guest\] removed kim\[guest\]$/);
  // Nobody else is in it any more.
  await gil.logsOut();
  await kim.asksUntil('join #lab', 'error:no-room:join');
});

describe('a name without a mark', () => {
  test('is refused while a user or another guest has it or one that looks like it, and free afterwards', async () => {
    await using server = await startServer({ guests: { rooms: 'join', mark: false } });
    await server.registers('alice');
    const gil = server.connect('gil');
    await gil.says('gil', 'n', 'y');
    await gil.seesInOrder('register', 'guest', 'welcome');
    expect(await gil.asks('who')).toBe('gil');
    const late = server.connectJson();
    for (const { name, reason } of [
      { name: 'a1ice', reason: 'look-alike' },
      { name: 'gil', reason: 'taken' },
      { name: 'GIL', reason: 'taken' },
      { name: 'giI', reason: 'look-alike' },
    ]) {
      late.says({ type: 'guest', name });
      await late.sees({ type: 'ask', question: 'username', because: 'username', reason });
    }
    // Whoever comes back at once need not wait until the account is removed.
    await gil.logsOut();
    late.says({ type: 'guest', name: 'Gil' });
    await late.sees({ type: 'welcome', name: 'Gil' });
    await late.seesNothing();
  });

  test('requires that guests have accounts', async () => {
    await expect(startServer({ guests: { mark: false } })).rejects.toThrow(
      "`mark: false` requires that guests have accounts: set `rooms` to 'join' or 'create'",
    );
  });

  test('is free at once when its guest leaves, however long plugins take over that', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const slow = definePlugin({
      name: 'slow',
      summary: 'Takes its time',
      setup: () => ({ hooks: { onDisconnect: () => promise } }),
    });
    await using server = await start({ rooms: 'join', mark: false }, { slow });
    const gil = await enters(server, 'gil');
    const before = await idOf(server, 'gil');
    await gil.logsOut();
    const again = await enters(server, 'Gil');
    resolve(undefined);
    expect(await idOf(server, 'Gil')).not.toBe(before);
    await expect.poll(() => accountsOf(server).get(before)).toBeUndefined();
    expect(await again.asks('who')).toBe('Gil');
  });

  test('goes to one of many who want it at once', async () => {
    await using server = await start({ rooms: 'join', mark: false });
    expect(await wantOneName(server)).toEqual(['username', 'username', 'username', 'welcome']);
  });
});

test('nobody else logs in to the account of a guest, whatever another plugin has checked', async () => {
  const trusting = definePlugin({
    name: 'trusting',
    summary: 'Lets anyone in with any password',
    needs: { accounts: Accounts },
    provides: { authenticator: Authenticator },
    setup: ({ accounts }) => ({
      provide: { authenticator: { identify: (name) => accounts.find(name), verify: async () => 'right' } },
    }),
  });
  await using server = await start(
    { rooms: 'join', mark: false },
    { trusting, password: false, 'change-password': false, 'single-session': false },
  );
  await enters(server, 'gil');
  const eve = server.connect('eve');
  await eve.says('gil', 'anything');
  await eve.seesInOrder('password', 'username');
});

test('a guest who is refused at the last moment leaves no account', async () => {
  const strict = definePlugin({
    name: 'strict',
    summary: 'Refuses guests',
    setup: () => ({ hooks: { onAdmit: { guard: () => ({ kind: 'username', because: 'username' }) as const } } }),
  });
  await using server = await start({ rooms: 'join' }, { strict });
  const gil = server.connect('gil');
  await gil.says('gil', 'y');
  await gil.seesInOrder('guest', 'username');
  expect(await accountsOf(server).find('gil[guest]')).toBeDefined();
  await gil.closes();
  await expect.poll(() => accountsOf(server).find('gil[guest]')).toBeUndefined();
});

test('guests with accounts stay over a reload that keeps later ones out of rooms, and leave nothing', async () => {
  await using server = await start({ rooms: 'join' });
  const gil = await enters(server, 'gil');
  await server.reload({ guests: { rooms: 'none' } });
  expect(await gil.asks('rooms')).toBe('error:guest:rooms');
  expect(await gil.asks('who')).toBe('gil[guest]');
  await gil.logsOut();
  await expect.poll(() => accountsOf(server).find('gil[guest]')).toBeUndefined();
});

test('what the store could not remove is removed later', async () => {
  await using server = await start({ rooms: 'join' }, { timeouts: false });
  const gil = await enters(server, 'gil');
  const accounts = accountsOf(server);
  const { remove } = accounts;
  const failed = Promise.withResolvers<void>();
  Object.assign(accounts, {
    async remove() {
      failed.resolve();
      throw new Error('the disk is full');
    },
  });
  await gil.logsOut();
  await failed.promise;
  Object.assign(accounts, { remove });
  await expect
    .poll(() => server.failures.map(({ text }) => text))
    .toContain('the account of a guest could not be removed yet');
  server.clock.advance(60);
  await expect.poll(() => accounts.find('gil[guest]')).toBeUndefined();
});

test('the next start removes the guests of a server that was killed, with their memberships', {
  timeout: 60_000,
}, async () => {
  await using program = await startProgram({
    plugins: { guests: { rooms: 'create', mark: false, perNetwork: 10 }, history: { announce: false } },
  });
  const alice = await program.joins('alice');
  expect(await answer(alice, 'create #lab')).toBe('created:#lab');
  const enters = async (name: string) => {
    const client = await program.connect({ name });
    await client.says(name, 'n', 'y');
    await client.seesInOrder('register', 'guest', 'welcome');
    return client;
  };
  const gil = await enters('gil');
  expect(await answer(gil, 'join #lab')).toBe('joined:#lab');
  expect(await answer(gil, 'create #attic')).toBe('created:#attic');
  await enters('kim');
  await program.kill();
  await program.start();
  const again = await enters('gil');
  await answerUntil(again, 'rooms', '#lab');
  expect(await answer(again, 'message #lab hi')).toBe('error:not-member:message');
  const returned = await program.returns('alice');
  await answerUntil(returned, 'message kim hi', 'sent:kim');
  const room = '#lab access:public posting:members slow:off members:1 role:owner';
  await answerUntil(returned, 'room #lab', room);
});
