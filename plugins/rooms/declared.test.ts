import { MessageLog } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { answer } from '../../test/support/answer.ts';

const declaring = (declared: object) => ({ rooms: { declared } });

test('declared rooms follow the config over reloads, and stay when they are no longer declared', async () => {
  await using server = await startServer(declaring({ '#lobby': { topic: 'Welcome' } }));
  const alice = await server.joins('alice');
  expect(await alice.asks('join #lobby')).toBe('joined:#lobby');
  await server.reload(declaring({ '#lobby': { topic: 'Hello', posting: 'moderators', owners: ['alice', 'ghost'] } }));
  await alice.sees(/ #lobby \*server\*: the server set the topic: Hello$/);
  await alice.sees(/ #lobby \*server\*: the server let only moderators post$/);
  expect(await answer(alice, 'members #lobby')).toBe('alice:owner');
  expect(await alice.asks('topic #lobby Tea')).toBe('error:declared:topic');
  expect(await alice.asks('room-access #lobby private')).toBe('done:');

  await server.reload(declaring({ '#news': { access: 'invite' } }));
  expect(await alice.asks('rooms')).toBe('#lobby #news');
  expect(await alice.asks('room #lobby')).toBe(
    '#lobby access:private posting:moderators slow:off members:1 role:owner topic:Hello',
  );
  expect(await alice.asks('topic #lobby Tea')).toBe('topic:#lobby Tea');
  // What the config sets wins again.
  await server.reload(declaring({ '#Lobby': { topic: 'Hello' } }));
  await alice.sees(/ #lobby \*server\*: the server set the topic: Hello$/);
});

test('a key and a limit can be declared', async () => {
  await using server = await startServer(declaring({ '#lobby': { key: 'sesame', limit: 1, topics: 'members' } }));
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await alice.asks('join #lobby')).toBe('error:key:join');
  expect(await alice.asks('join #lobby sesame')).toBe('joined:#lobby');
  expect(await alice.asks('topic #lobby Tea')).toBe('topic:#lobby Tea');
  expect(await bob.asks('join #lobby sesame')).toBe('error:room-full:join');
  await server.reload(declaring({ '#lobby': { key: '', limit: 0 } }));
  expect(await bob.asks('join #lobby')).toBe('joined:#lobby');
});

test('an owner who is declared before registering becomes one on the way', async () => {
  await using server = await startServer(declaring({ '#lobby': { owners: ['Alice'], join: true } }));
  const alice = await server.joins('alice');
  expect(await alice.asks('members #lobby')).toBe('alice:owner');
});

test('accounts from before the declaration do not join by themselves', async () => {
  await using server = await startServer(declaring({}));
  const alice = await server.joins('alice');
  await alice.logsOut();
  server.clock.advance(60);
  await server.reload(declaring({ '#lobby': { join: true } }));
  const again = await server.returns('alice');
  expect(await again.asks('message #lobby hi')).toBe('error:not-member:message');
  const bob = await server.joins('bob');
  expect(await bob.asks('message #lobby hi')).toBe('sent:');
});

test('a deletion that was interrupted is finished at the next start', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  await alice.asks('create #lab');
  const log = server.host.service(MessageLog.service) as MessageLog;
  const room = await log.room('lab');
  await log.setFacts(room?.id ?? 0, { ...room?.facts, deleted: true });
  await server.reload({ rooms: { maxCreated: 1 } });
  expect(await log.room('lab')).toBeUndefined();
  expect(await alice.asks('create #lab')).toBe('created:#lab');
});

test.each([
  [{ lobby: {} }, "the name of a room begins with '#'."],
  [{ '#a b': {} }, 'letters and digits'],
  [{ '#lobby': { access: 'open' } }, 'access'],
  [{ '#lobby': { colour: 'red' } }, 'colour'],
  [{ '#lobby': { key: 'two words' } }, 'a key is one word'],
])('the check finds what is wrong with %j', async (declared, problem) => {
  await expect(startServer(declaring(declared))).rejects.toThrow(problem);
});
