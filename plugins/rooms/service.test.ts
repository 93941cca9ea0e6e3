import { type Account, Accounts, definePlugin, MessageLog, Rooms } from 'chatserv';
import { type LineClient, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { answer } from '../../test/support/answer.ts';

async function accountOf(server: TestServer, name: string): Promise<Account> {
  const accounts = server.host.service(Accounts.service) as Accounts;
  const found = await accounts.find(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return { id: found.id, name: found.name };
}

const roomsOf = (server: TestServer) => server.host.service(Rooms.service) as Rooms;

/** A plugin that owns #quiz, and posts there. */
function quiz() {
  let room = 0;
  return definePlugin({
    name: 'quiz',
    summary: 'Asks questions in a room of its own',
    needs: { rooms: Rooms },
    setup: ({ rooms, server }) => ({
      async start() {
        const found = await rooms.own('quiz', '#quiz', { topic: 'Questions', posting: 'moderators' });
        if ('kind' in found) throw new Error(found.sentence);
        room = found.id;
      },
      commands: [
        {
          name: 'question',
          summary: 'Asks a question',
          async run({ account }) {
            const posted = await server.post({ from: { id: 0, name: '*quiz*' }, to: { room }, text: 'Who is it?' });
            const own = await server.post({ from: account, to: { room }, text: 'I wonder' });
            return [posted, own].map((one) => ('kind' in one ? one.reason : 'sent')).join(' ');
          },
        },
      ],
    }),
  });
}

describe('a plugin that owns a room', () => {
  test('creates it once, posts in it, and is its owner without an account', async () => {
    await using server = await startServer({ quiz: quiz() });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('room #quiz')).toBe(
      '#quiz access:public posting:moderators slow:off members:0 role:none topic:Questions',
    );
    expect(await alice.asks('question')).toBe('sent not-member');
    expect(await alice.asks('join #quiz')).toBe('joined:#quiz');
    await alice.says('question');
    await alice.sees(/ #quiz \*quiz\*: Who is it\?$/);
    await alice.sees('sent read-only');
    await server.reload({ quiz: quiz() });
    await alice.says('question');
    await alice.sees(/ #quiz \*quiz\*: Who is it\?$/);
    await alice.sees('sent read-only');
    // The room outlives its members.
    expect(await alice.asks('leave #quiz')).toBe('left:#quiz');
    expect(await bob.asks('rooms')).toBe('#quiz');
    expect(await bob.asks('create #quiz')).toBe('error:taken:create');
  });

  test('is refused where the name belongs to users, or to another plugin', async () => {
    await using server = await startServer({ quiz: quiz() });
    const alice = await server.joins('alice');
    expect(await alice.asks('create #lab')).toBe('created:#lab');
    const rooms = roomsOf(server);
    expect(await rooms.own('quiz', 'lab')).toMatchObject({ reason: 'taken' });
    expect(await rooms.own('chess', '#quiz')).toMatchObject({ reason: 'taken' });
    expect(await rooms.own('quiz', '#QUIZ')).toMatchObject({ name: 'quiz', plugin: 'quiz' });
    expect(await rooms.own('quiz', '#a:b')).toMatchObject({ reason: 'name' });
  });
});

describe('the service', () => {
  let clients: readonly LineClient[] = [];

  async function town(): Promise<TestServer> {
    const server = await startServer();
    clients = [await server.joins('alice'), await server.joins('bob')];
    return server;
  }

  test('finds rooms as the account sees them', async () => {
    await using server = await town();
    const rooms = roomsOf(server);
    const [alice, bob] = [await accountOf(server, 'alice'), await accountOf(server, 'bob')];
    const made = await rooms.create('#attic', alice, { access: 'private', topic: 'Old chairs' });
    expect(made).toMatchObject({ name: 'attic', access: 'private', topic: 'Old chairs', posting: 'members' });
    const { id } = made as { id: number };
    expect(await rooms.find('#Attic', alice)).toMatchObject({ id, size: 1 });
    expect(await rooms.find(id, alice)).toMatchObject({ id });
    expect(await rooms.find('attic', bob)).toBeUndefined();
    expect(await rooms.find(id, bob)).toBeUndefined();
    expect(await rooms.get(id)).toMatchObject({ name: 'attic' });
    expect(await rooms.list(alice)).toMatchObject([{ id }]);
    expect(await rooms.list(bob)).toEqual([]);
    expect(await rooms.role(id, alice)).toBe('owner');
    expect(await rooms.role(id, bob)).toBeUndefined();
    expect(await rooms.allows(id, alice, 'owner')).toBe(true);
    expect(await rooms.allows(id, bob, 'reader')).toBe(false);
  });

  test('joins accounts without an invitation, but not those who are banned', async () => {
    await using server = await town();
    const [one, other] = clients as [LineClient, LineClient];
    const rooms = roomsOf(server);
    const [alice, bob] = [await accountOf(server, 'alice'), await accountOf(server, 'bob')];
    const { id } = (await rooms.create('#attic', alice, { access: 'private' })) as { id: number };
    expect(await rooms.postRefusal(id, bob)).toMatchObject({ reason: 'no-room' });
    expect(await rooms.join(id, bob, 'reader')).toBeUndefined();
    expect(await rooms.role(id, bob)).toBe('reader');
    expect(await rooms.postRefusal(id, bob)).toMatchObject({ reason: 'read-only' });
    expect(await rooms.join(id, bob, 'moderator')).toBeUndefined();
    expect(await rooms.role(id, bob)).toBe('reader');
    await answer(one, 'room-role #attic bob member');
    expect(await rooms.postRefusal(id, bob)).toBeUndefined();
    expect(await rooms.change(id, { archived: true })).toMatchObject({ archived: true });
    expect(await rooms.postRefusal(id, bob)).toMatchObject({ reason: 'archived' });
    await rooms.leave(id, bob);
    expect(await rooms.role(id, bob)).toBeUndefined();
    await answer(one, 'room-ban #attic bob');
    expect(await rooms.join(id, bob)).toMatchObject({ reason: 'banned' });
    expect(await answer(other, 'rooms')).toBe('');
    await rooms.remove(id);
    expect(await rooms.get(id)).toBeUndefined();
    expect(await rooms.join(id, bob)).toMatchObject({ reason: 'no-room' });
    expect(await rooms.change(id, { topic: 'x' })).toMatchObject({ reason: 'no-room' });
  });

  test('a room that nobody owns goes with its last member, and with that account', async () => {
    await using server = await town();
    const [one, other] = clients as [LineClient, LineClient];
    const rooms = roomsOf(server);
    const bob = await accountOf(server, 'bob');
    const { id } = (await rooms.create('#lunch', bob, { topic: 'Noon' }, 'moderator')) as { id: number };
    expect(await rooms.get(id)).toMatchObject({ topicBy: bob.id, created: server.clock.now() });
    expect(await rooms.allows(id, bob, 'owner')).toBe(true);
    const tea = (await rooms.create('#tea', bob, {}, 'moderator')) as { id: number };
    await rooms.leave(tea.id, bob);
    expect(await rooms.get(tea.id)).toBeUndefined();
    await answer(other, 'create #club');
    await answer(one, 'join #club');
    const accounts = server.host.service(Accounts.service) as Accounts;
    await accounts.remove(bob.id);
    await one.asksUntil('rooms', '#club');
    expect(await answer(one, 'create #lunch')).toBe('created:#lunch');
  });

  test('a removed account leaves no bans, mutes and invitations behind', async () => {
    await using server = await town();
    const [alice] = clients as [LineClient];
    await server.registers('carol');
    await answer(alice, 'create #lab');
    await answer(alice, 'invite #lab carol');
    await answer(alice, 'room-ban #lab bob');
    expect(await answer(alice, 'room-bans #lab')).toBe('bob');
    expect(await answer(alice, 'room-invitations #lab')).toBe('carol');
    const accounts = server.host.service(Accounts.service) as Accounts;
    for (const name of ['bob', 'carol']) await accounts.remove((await accountOf(server, name)).id);
    expect(await answer(alice, 'room-bans #lab')).toBe('');
    expect(await answer(alice, 'room-invitations #lab')).toBe('');
    expect(await answer(alice, 'rooms')).toBe('#lab');
    // Whoever takes the name now is someone else.
    const bob = await server.joins('bob');
    expect(await bob.asks('join #lab')).toBe('joined:#lab');
  });
});

test('without the plugin there are no rooms', async () => {
  await using server = await startServer({ rooms: false });
  const alice = await server.joins('alice');
  await alice.says('message #lab hi', 'rooms', 'message (#lab ghost) hi');
  await alice.seesInOrder('error:no-room:message', 'error:command:rooms', 'sent:#lab,ghost');
});

test('a room stays as it is when the plugin is reloaded, and slow mode goes on', async () => {
  await using server = await startServer();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #lab');
  await answer(bob, 'join #lab');
  await answer(alice, 'room-slow #lab 1m');
  expect(await answer(bob, 'message #lab one')).toBe('sent:');
  const { changed } = await server.reload({ rooms: { maxCreated: 1 } });
  expect(changed.map(({ name }) => name)).toContain('rooms');
  expect(await answer(bob, 'message #lab two')).toMatch('error:slow:message');
  expect(await answer(alice, 'create #town')).toBe('error:too-many-rooms:create');
  expect(server.limitHits).toMatchObject({ 'slow-mode': 1, 'rooms-created': 1 });
});

test('a message that another guard refuses takes no turn in slow mode', async () => {
  const picky = definePlugin({
    name: 'picky',
    summary: 'Refuses a word',
    setup: () => ({
      hooks: {
        onMessage: { guard: ({ text }) => (text === 'darn' ? { kind: 'refusal', reason: 'word' } : undefined) },
      },
    }),
  });
  await using server = await startServer({ picky });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #lab');
  await answer(bob, 'join #lab');
  await answer(alice, 'room-slow #lab 1m');
  expect(await answer(bob, 'message #lab darn')).toBe('error:word:message');
  expect(await answer(bob, 'message #lab hi')).toBe('sent:');
  expect(await answer(bob, 'message #lab ho')).toBe('error:slow:message');
});

test('entries of rooms that are forgotten or unknown do no harm', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const log = server.host.service(MessageLog.service) as MessageLog;
  // As another process might, or a plugin: a room without facts is closed.
  const room = await log.createRoom('bare', {});
  await log.join(room?.id ?? 0, (await accountOf(server, 'alice')).id, 'king', server.clock.now());
  await alice.asksUntil('room #bare', '#bare access:private posting:members slow:off members:1 role:reader');
  expect(await alice.asks('message #bare hi')).toBe('error:read-only:message');
});

test('a plugin keeps a fact of its own on a room, whatever else changes there', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  expect(await answer(alice, 'create #lab')).toBe('created:#lab');
  const rooms = roomsOf(server);
  const { id = 0 } = (await rooms.find('#lab', await accountOf(server, 'alice'))) ?? {};
  const log = server.host.service(MessageLog.service) as MessageLog;
  const changes = [
    rooms.setFact(id, 'color', 'green'),
    rooms.change(id, { topic: 'Tea' }),
    rooms.setFact(id, 'size', 1),
  ];
  expect(await Promise.all(changes)).toMatchObject([true, { topic: 'Tea' }, true]);
  expect((await log.room(id))?.facts).toMatchObject({ color: 'green', topic: 'Tea', size: 1 });
  expect(await rooms.setFact(id, 'color', undefined)).toBe(true);
  expect((await log.room(id))?.facts.color).toBeUndefined();
  expect(await rooms.setFact(1e12, 'color', 'green')).toBe(false);
  await expect(rooms.setFact(id, 'owners', [])).rejects.toThrow("the fact 'owners' belongs to the rooms themselves");
});
