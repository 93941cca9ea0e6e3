import { Accounts, MessageLog } from 'chatserv';
import { type LineClient, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../test/support/altered-memory.ts';
import { answer } from '../../test/support/answer.ts';

test('of two owners who leave at the same moment one stays, as there is another member', async () => {
  await using server = await startServer();
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  await alice.asks('create #lab');
  await answer(bob, 'join #lab');
  await answer(carol, 'join #lab');
  expect(await answer(alice, 'room-role #lab bob owner')).toBe('done:');
  const left = await Promise.all([answer(alice, 'leave #lab'), answer(bob, 'leave #lab')]);
  expect(left.toSorted()).toEqual(['error:last-owner:leave', 'left:#lab']);
  expect(await answer(carol, 'members #lab')).toMatch(/^\w+:owner carol:member$/);
});

test('someone who is banned while joining is not in the room', async () => {
  let joining = () => {};
  let join: Promise<void> | undefined;
  const store = alteredMemory(({ messageLog }) => ({
    messageLog: {
      async join(...asked) {
        joining();
        await join;
        await messageLog.join(...asked);
      },
    },
  }));
  await using server = await startServer({ memory: false, store });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #lab');
  const [began, goes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  [joining, join] = [began.resolve, goes.promise];
  await bob.says('join #lab');
  await began.promise;
  expect(await answer(alice, 'room-ban #lab bob')).toBe('done:');
  goes.resolve();
  expect(await answer(bob, 'who')).toBe('error:banned:join');
  expect(await answer(alice, 'members #lab')).toBe('alice:owner');
});

test('a creation that was interrupted before its owner had joined is taken up again', async () => {
  let isBroken = true;
  const store = alteredMemory(({ messageLog }) => ({
    messageLog: {
      async join(...asked) {
        if (isBroken) throw new Error('the disk is full');
        await messageLog.join(...asked);
      },
    },
  }));
  await using server = await startServer({ memory: false, store });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await alice.asks('create #lab')).toBe('error:internal:create');
  isBroken = false;
  expect(await bob.asks('create #lab')).toBe('error:taken:create');
  expect(await alice.asks('create #lab')).toBe('created:#lab');
  expect(await alice.asks('members #lab')).toBe('alice:owner');
});

test('if no owner is registered any more, moderators act as owners', async () => {
  await using server = await startServer();
  const clients: LineClient[] = [];
  for (const name of ['alice', 'bob', 'carol']) clients.push(await server.joins(name));
  const [alice, bob, carol] = clients as [LineClient, LineClient, LineClient];
  await alice.asks('create #lab private');
  for (const [client, name] of [
    [bob, 'bob'],
    [carol, 'carol'],
  ] as const) {
    await answer(alice, `invite #lab ${name}`);
    expect(await answer(client, 'join #lab')).toBe('joined:#lab');
  }
  await answer(alice, 'room-role #lab bob moderator');
  expect(await answer(bob, 'room-role #lab carol moderator')).toBe('error:role:room-role');
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find('alice'))?.id ?? 0);
  expect(await answer(carol, 'room-role #lab bob owner')).toBe('error:role:room-role');
  expect(await answer(bob, 'room-role #lab bob owner')).toBe('done:');
});

test('facts of other plugins stay, and invalid ones close the room', async () => {
  await using server = await startServer();
  const log = server.host.service(MessageLog.service) as MessageLog;
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #lab');
  const { id = 0, facts = {} } = (await log.room('lab')) ?? {};
  await log.setFacts(id, { ...facts, retention: { days: 7 } });
  expect(await alice.asks('topic #lab Tea')).toBe('topic:#lab Tea');
  expect((await log.room(id))?.facts).toMatchObject({ topic: 'Tea', retention: { days: 7 } });

  await log.setFacts(id, { ...facts, access: 'everyone', posting: 7, topic: null });
  await alice.asks('room-slow #lab 1s');
  expect(await bob.asks('room #lab')).toBe('error:no-room:room');
  expect(await alice.asks('room #lab')).toBe('#lab access:private posting:moderators slow:1s members:1 role:owner');
});
