import { Accounts, command, definePlugin, findPlace, MessageLog, param, refuse, reply, z } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Named rooms with as little around them as possible. */
const rooms = definePlugin({
  name: 'few-rooms',
  summary: 'Opens rooms and posts to them',
  needs: { accounts: Accounts, messageLog: MessageLog },
  setup: ({ server, accounts, messageLog, clock }) => ({
    kinds: [
      {
        name: 'join',
        version: 1,
        schema: z.unknown(),
        counts: false,
        isShown: ({ from }) => from !== 'carol',
        line: ({ from, roomName }) => `#${roomName} *server*: ${from} joined`,
      },
    ],
    commands: [
      command({
        name: 'enter',
        summary: 'Joins a room',
        params: { room: param.room() },
        async run({ account, values: { room: name } }) {
          const room = (await messageLog.room(name.slice(1))) ?? (await messageLog.createRoom(name.slice(1), {}));
          await messageLog.join(room?.id ?? 0, account.id, '', clock.now());
          return 'entered';
        },
      }),
      command({
        name: 'post',
        summary: 'Posts to a room',
        params: { room: param.room(), reply: param.integer(), text: param.text() },
        async run({ account, values: { room: name, reply: answered, text } }) {
          const room = await messageLog.room(name.slice(1));
          const posted = await server.post({ from: account, to: { room: room?.id ?? 0 }, reply: answered, text });
          return 'kind' in posted ? posted : `#${posted.message.roomName}`;
        },
      }),
      command({
        name: 'forge',
        summary: 'Tries to append an entry of the log itself',
        async run({ account }) {
          const forged = server.append({ kind: 'join', from: account, to: { room: 1 }, data: null });
          return await forged.then(() => 'appended', String);
        },
      }),
      command({
        name: 'where',
        summary: 'Finds a place',
        params: { place: param.place() },
        async run({ account, values: { place } }) {
          const found = await findPlace(place, account, { accounts, messageLog });
          if (found === undefined) return refuse('no-room');
          const { kind, name, members = [] } = found.room;
          return reply(`${kind} ${name} ${members.join()} ${found.spans.length}`, { place });
        },
      }),
    ],
  }),
});

describe('a named room', () => {
  test('is named in its messages: before the sender on a line, as a field for programs', async () => {
    await using server = await startServer({ rooms, replies: false });
    const alice = await server.joins('alice');
    const bob = await server.joins('bob');
    await server.registers('dora');
    expect(await bob.asks('enter #Lab')).toBe('entered');
    const dora = server.connectJson();
    await dora.logsIn('dora', PASSWORD);
    dora.says({ type: 'command', name: 'enter', text: '#lab' });
    await dora.sees({ type: 'answer', text: 'entered' });
    await bob.sees(/^\[[^\]]+\] #Lab \*server\*: dora joined$/);
    expect(await alice.asks('post #lab 2 hello')).toBe('#Lab');
    await bob.sees(/^\[[^\]]+\] #Lab alice: hello$/);
    const seen = { type: 'message', audience: 'room', roomName: '#Lab', from: 'alice', text: 'hello', reply: 2 };
    expect(await dora.sees(seen)).toHaveProperty('room', 2);
    await alice.seesNothing();
  });

  test('does not show an entry that its plugin hides, which is still acknowledged', async () => {
    await using server = await startServer({ rooms, replies: false });
    const bob = await server.joins('bob');
    const carol = await server.joins('carol');
    expect(await bob.asks('enter #lab')).toBe('entered');
    expect(await carol.asks('enter #lab')).toBe('entered');
    await bob.seesNothing();
    expect(await carol.asks('post #lab 1 hello')).toBe('#lab');
    await bob.sees(/#lab carol: hello$/);
  });

  test('does not take an entry of the log itself from a plugin', async () => {
    await using server = await startServer({ rooms, replies: false });
    const alice = await server.joins('alice');
    expect(await alice.asks('forge')).toBe("Error: only the log itself appends entries of the kind 'join'");
  });
});

test('a direct message carries the id of its conversation, the same for both', async () => {
  await using server = await startServer();
  await server.registers('alice', 'bob');
  const [alice, bob] = [server.connectJson(), server.connectJson()];
  await alice.logsIn('alice', PASSWORD);
  await bob.logsIn('bob', PASSWORD);
  alice.says({ type: 'message', to: ['bob'], text: 'hi' });
  await bob.sees({ type: 'message', audience: 'named', text: 'hi', room: 2 });
  await alice.sees({ type: 'answer', text: 'sent:' });
  bob.says({ type: 'message', to: ['alice'], text: 'ho' });
  await alice.sees({ type: 'message', text: 'ho', room: 2 });
});

test('a place is a room, everyone, or a conversation that exists and is one’s own', async () => {
  await using server = await startServer({ rooms });
  await server.registers('carol');
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  await alice.asks('message bob hi');
  await bob.hears('alice', 'hi');
  await alice.asks('message (bob carol) hi');
  await bob.hears('alice', 'hi');
  await bob.asks('enter #lab');
  expect(await alice.asks('where everyone')).toBe('everyone   1');
  expect(await alice.asks('where BOB')).toBe('direct  2,3 1');
  expect(await bob.asks('where (carol alice)')).toBe('direct  1,2,3 1');
  expect(await bob.asks('where #LAB')).toBe('room lab  1');
  for (const place of ['#lab', '#nowhere', 'carol', 'nobody', '(bob nobody)']) {
    expect(await alice.asks(`where ${place}`)).toBe('error:no-room:where');
  }
});
