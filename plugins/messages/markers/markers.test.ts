import { Accounts, definePlugin, MessageLog } from 'chatserv';
import { type LineClient, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';
import { Program } from '../../../test/support/json-program.ts';
import { plainMentions } from '../../../test/support/plain-mentions.ts';

/** Starts a server with the users alice, who is away, and bob. Users may be online several times. */
async function start(plugins: TestPlugins = {}): Promise<{ server: TestServer; bob: LineClient }> {
  const rooms = { declared: { '#lab': {} }, quietAbove: 0 };
  const all = { rooms, plainMentions, 'single-session': false, timeouts: false, ...plugins };
  const server = await startServer(all, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers('alice');
  const bob = await server.joins('bob');
  expect(await bob.asks('join #lab')).toBe('joined:#lab');
  return { server, bob };
}

async function does(client: LineClient, ...commands: string[]): Promise<void> {
  for (const command of commands) expect(await client.asks(command)).toBe('sent:');
}

/** Unread messages and mentions, by the name of the room or of the other user. */
async function unread(program: Program): Promise<Record<string, readonly number[]>> {
  const { rooms = [] } = await program.asks('unread');
  return Object.fromEntries(
    rooms.map(({ kind, roomName, members, unread, mentions }) => [
      `${roomName ?? members ?? kind}`,
      [unread, mentions],
    ]),
  );
}

describe('a program', () => {
  test('is told at its login what its user has not read, in all', async () => {
    const { server, bob } = await start();
    const before = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await before.asks('join', { room: '#lab' });
    expect(before.client.unread).toEqual({ type: 'unread', rooms: 0, unread: 0, mentions: 0 });
    await does(bob, 'message alice one', 'message #lab two', 'message #lab @alice three', 'broadcast four');
    const after = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
    await after.asks('help');
    expect(after.client.unread).toEqual({ type: 'unread', rooms: 3, unread: 4, mentions: 1 });
    expect(await unread(after)).toEqual({ everyone: [1, 0], '#lab': [2, 1], bob: [1, 0] });
  });

  test('marks a place as read up to an entry, of another place too, or to its end', async () => {
    const { server, bob } = await start();
    const alice = await Program.logsIn(server.connectJson(), 'alice');
    await does(bob, 'message alice one', 'message alice two');
    await alice.asks('whoelse');
    const [one, two] = alice.takes('message');
    expect(await alice.asks('read', { place: 'bob', id: one?.id })).toMatchObject({ seq: 1, unread: 1, mentions: 0 });
    // Not back.
    expect(await alice.asks('read', { place: ['bob'], id: 1 })).toMatchObject({ seq: 1, unread: 1 });
    await does(bob, 'broadcast three', 'message alice four');
    await alice.asks('whoelse');
    const [three] = alice.takes('message');
    expect(two?.seq).toBe(2);
    expect(await alice.asks('read', { place: 'bob', id: three?.id })).toMatchObject({ seq: 2, unread: 1 });
    expect(await alice.asks('read', { place: `room:${one?.room}` })).toMatchObject({ seq: 3, unread: 0 });
    expect(await unread(alice)).toEqual({ everyone: [1, 0] });
  });

  test('is refused a place that its user was never in, and one that the user has left', async () => {
    const { server, bob } = await start();
    const alice = await Program.logsIn(server.connectJson(), 'alice');
    const refused = (place: unknown, reason: string, command = 'read') =>
      expect(alice.asks(command, { place })).rejects.toThrow(`"reason":"${reason}"`);
    for (const place of ['#lab', '#nowhere', 'room:2', 'room:99', 'bob']) await refused(place, 'no-room');
    await refused('nobody', 'user');
    await refused('#lab', 'no-room', 'notify');
    await alice.asks('join', { room: '#lab' });
    await does(bob, 'message #lab one');
    await alice.asks('leave', { room: '#lab' });
    await refused('#lab', 'no-room');
    expect(await unread(alice)).toEqual({});
  });

  test('is told when its user reads elsewhere, and nobody else is', async () => {
    const { server, bob } = await start();
    const [phone, laptop] = [
      await Program.logsIn(server.connectJson(), 'alice', 'phone'),
      await Program.logsIn(server.connectJson(), 'alice', 'laptop'),
    ];
    const stranger = await Program.logsIn(server.connectJson(), 'bob', 'phone');
    await does(bob, 'message alice one', 'message alice @alice two');
    const { rooms: [{ room } = { room: 0 }] = [] } = await phone.asks('unread');
    const { id = 0 } = laptop.takes('message')[0] ?? {};
    await laptop.asks('whoelse');
    const [first] = laptop.takes('message');
    expect(await phone.asks('read', { place: 'bob', id: first?.id ?? id })).toMatchObject({ unread: 1 });
    await laptop.asks('whoelse');
    expect(laptop.takes('marker')).toEqual([{ type: 'marker', room, seq: 1, unread: 1, mentions: 1 }]);
    await laptop.asks('notify', { place: 'bob', level: 'nothing' });
    await phone.asks('whoelse');
    expect(phone.takes('notify')).toEqual([{ type: 'notify', room, level: 'nothing' }]);
    expect(phone.takes('marker')).toEqual([]);
    await stranger.asks('whoelse');
    expect([...stranger.takes('marker'), ...stranger.takes('notify')]).toEqual([]);
    await bob.seesNothing();
  });

  test('lists conversations, the latest first, in pages, and names their members', async () => {
    const { server, bob } = await start({ markers: { maxRooms: 3 } });
    await server.registers('carol');
    const alice = await Program.logsIn(server.connectJson(), 'alice');
    await alice.asks('join', { room: '#lab' });
    await does(bob, 'message alice one', 'message (alice carol) two', 'broadcast three');
    await alice.asks('message', { to: ['alice'], text: 'four' });
    const first = await alice.asks('conversations', { count: 3 });
    expect(first).toMatchObject({
      rooms: [
        { kind: 'direct', members: ['alice'], unread: 0, seq: 1, last: 1, level: 'all' },
        { kind: 'everyone', unread: 1, seq: 0, last: 1 },
        { kind: 'direct', members: ['bob', 'carol'], unread: 1 },
      ],
      next: expect.any(Number),
    });
    const second = await alice.asks('conversations', { count: 3, before: first.next });
    expect(second).toMatchObject({ rooms: [{ members: ['bob'] }, { kind: 'room', roomName: '#lab' }] });
    expect(second.next).toBeUndefined();
    await expect(alice.asks('conversations', { count: 4 })).rejects.toThrow('"args"');
    const accounts = server.host.service(Accounts.service) as Accounts;
    await accounts.remove((await accounts.find('bob'))?.id ?? 0);
    expect(await alice.asks('conversations', { before: first.next })).toMatchObject({
      rooms: [{ members: ['*removed*'] }, {}],
    });
    expect(await alice.asks('read', { place: `room:${second.rooms?.[0]?.room}` })).toMatchObject({ unread: 0 });
  });

  test('lists at most so many rooms with unread messages, the latest', async () => {
    const { server, bob } = await start({ markers: { maxRooms: 2 } });
    const carol = await server.joins('carol');
    await does(bob, 'broadcast one', 'message alice two');
    await carol.hears('bob', 'one');
    await does(carol, 'message alice three');
    const alice = await Program.logsIn(server.connectJson(), 'alice');
    expect(await alice.asks('unread')).toMatchObject({
      rooms: [{ members: ['carol'] }, { members: ['bob'] }],
      totals: { rooms: 3, unread: 3, mentions: 0 },
    });
    expect(server.limitHits).toEqual({ 'listed-rooms': 1 });
  });
});

describe('a client of plain lines', () => {
  test('has read what was delivered to it, whether it asks, leaves, or just stays', async () => {
    const { server, bob } = await start();
    const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await does(bob, 'message alice one');
    expect(await unread(phone)).toEqual({ bob: [1, 0] });
    const person = await server.returns('alice');
    await person.hears('bob', 'one');
    expect(await person.asks('unread')).toBe('end:unread');
    expect(await unread(phone)).toEqual({});
    await does(bob, 'message alice two');
    await person.hears('bob', 'two');
    server.clock.advance(60);
    server.clock.advance(1);
    await expect.poll(async () => (await phone.asks('who')) && phone.takes('marker').length).toBeGreaterThan(0);
    await does(bob, 'message alice three');
    await person.hears('bob', 'three');
    await person.logsOut();
    server.clock.advance(1);
    await expect.poll(async () => (await phone.asks('who')) && phone.takes('marker').at(-1)?.seq).toBe(3);
    await does(bob, 'message alice four');
    expect(await unread(phone)).toEqual({ bob: [1, 0] });
  });

  test('has not read what another client of its device was sent before', async () => {
    const { server, bob } = await start();
    const carol = await server.joins('carol');
    const program = await Program.logsIn(server.connectJson(), 'alice');
    await program.asks('join', { room: '#lab' });
    await does(bob, 'message #lab zero', 'message alice one', 'broadcast two');
    await program.asks('whoelse');
    program.client.says({ type: 'acknowledge', id: program.takes('message').at(-1)?.id ?? 0 });
    await program.asks('whoelse');
    await program.client.closes();
    server.clock.advance(1);
    const person = await server.returns('alice');
    await does(bob, 'broadcast three');
    await person.hears('bob', 'three');
    // That is an entry in the room too, and nobody is told.
    await carol.hears('bob', 'two');
    await carol.hears('bob', 'three');
    expect(await carol.asks('join #lab')).toBe('joined:#lab');
    expect(await person.asks('unread')).toBe('#lab 1');
    await person.seesInOrder('bob 1', 'end:unread');
  });

  test('reads counts and levels as lines', async () => {
    const { server, bob } = await start();
    const alice = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await alice.asks('join', { room: '#lab' });
    await server.registers('carol');
    await does(bob, 'message #lab one', 'message #lab @everyone two', 'message (alice carol) three', 'broadcast four');
    const person = await server.returns('alice');
    // On its own device, what was sent to it is read.
    for (let i = 0; i < 4; i++) await person.next();
    await does(bob, 'message #lab @alice five');
    await person.next();
    expect(await person.asks('notify #lab')).toBe('notify:all');
    expect(await person.asks('notify #lab mentions')).toBe('notify:mentions');
    expect(await person.asks('notify #lab')).toBe('notify:mentions');
    await person.says('conversations 2');
    await person.seesInOrder('#lab 0 mentions', 'everyone 0', 'end:conversations');
    expect(await person.asks('read everyone')).toBe('read:0');
    expect(await person.asks('read (bob carol) 1')).toBe('read:0');
    expect(await person.asks('read dave')).toBe('error:user:read');
    expect(await person.asks('read #nowhere')).toBe('error:no-room:read');
    expect(await person.asks('read')).toBe('error:args:read');
  });
});

describe('posting', () => {
  test('marks what was there as read, also by a client that leaves at once', async () => {
    const { server, bob } = await start();
    const alice = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await does(bob, 'message alice one', 'message alice two');
    expect(await alice.asks('message', { to: ['bob'], text: 'three' })).toMatchObject({ seq: 3 });
    expect(await unread(alice)).toEqual({});
    await bob.hears('alice', 'three');
    await does(bob, 'message alice four');
    alice.client.says({ type: 'message', to: ['bob'], text: 'five' });
    await alice.client.closes();
    const again = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await bob.hears('alice', 'five');
    expect(await unread(again)).toEqual({});
  });

  test('is written once a second for each room, and at a stop', async () => {
    const writes: (readonly (readonly number[])[])[] = [];
    const store = alteredMemory(({ messageLog }) => {
      const moveMarkers: MessageLog['moveMarkers'] = async (moves) => {
        writes.push(moves);
        await messageLog.moveMarkers(moves);
      };
      return { messageLog: { moveMarkers } };
    });
    const server = await startServer({ memory: false, store });
    const bob = await server.joins('bob');
    for (let i = 0; i < 5; i++) await does(bob, 'broadcast hi');
    expect(writes).toEqual([]);
    server.clock.advance(1);
    await expect.poll(() => writes).toEqual([[[1, 1, 5]]]);
    server.clock.advance(5);
    await does(bob, 'broadcast hi');
    await server[Symbol.asyncDispose]();
    expect(writes).toEqual([[[1, 1, 5]], [[1, 1, 6]]]);
  });

  test('loses nothing to a store that fails for a while, or to a reload', async () => {
    let fails = true;
    const store = alteredMemory(({ messageLog }) => ({
      messageLog: {
        async moveMarkers(moves) {
          if (fails) throw new Error('the disk is full');
          await messageLog.moveMarkers(moves);
        },
      },
    }));
    const { server, bob } = await start({ memory: false, store });
    const phone = await Program.logsIn(server.connectJson(), 'bob', 'phone');
    await does(bob, 'message alice one');
    server.clock.advance(1);
    await expect.poll(() => server.failures).toMatchObject([{ facts: { event: 'store-error' } }]);
    await server.reload({ markers: { writeTime: 2 } });
    fails = false;
    expect(await unread(phone)).toEqual({});
  });
});

describe('notification levels', () => {
  test('decide what counts in the totals, and outlive a login', async () => {
    const { server, bob } = await start({ markers: { maxLevels: 2 } });
    const alice = await Program.logsIn(server.connectJson(), 'alice', 'phone');
    await alice.asks('join', { room: '#lab' });
    await does(bob, 'message #lab one', 'message #lab @alice two', 'message alice three', 'broadcast four');
    await alice.asks('notify', { place: '#lab', level: 'mentions' });
    await alice.asks('notify', { place: 'bob', level: 'nothing' });
    const { rooms, totals } = await alice.asks('unread');
    expect(totals).toEqual({ rooms: 2, unread: 2, mentions: 1 });
    expect(rooms).toMatchObject([
      { kind: 'everyone', level: 'all' },
      { members: ['bob'], level: 'nothing', unread: 1 },
      { roomName: '#lab', level: 'mentions', unread: 2 },
    ]);
    await expect(alice.asks('notify', { place: 'everyone', level: 'nothing' })).rejects.toThrow('"too-many"');
    expect(server.limitHits).toEqual({ 'notification-levels': 1 });
    await alice.asks('notify', { place: 'bob', level: 'all' });
    await alice.asks('notify', { place: 'everyone', level: 'nothing' });
    const again = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
    await again.asks('help');
    expect(again.client.unread).toMatchObject({ rooms: 2, unread: 2, mentions: 1 });
  });
});

test('trimmed entries are read up to by their ids', async () => {
  let trim = async (): Promise<void> => {};
  const trimmer = definePlugin({
    name: 'trimmer',
    summary: 'Trims the log when told',
    needs: { messageLog: MessageLog },
    setup({ messageLog }) {
      trim = async () => {
        const all = { before: 0, most: 1, keysSince: 0 };
        while (await messageLog.trim(all)) {}
      };
    },
  });
  const { server, bob } = await start({ trimmer });
  const alice = await Program.logsIn(server.connectJson(), 'alice', 'phone');
  await does(bob, 'message alice one', 'message alice two', 'message alice three');
  await alice.asks('who');
  const ids = alice.takes('message').map(({ id }) => id);
  await trim();
  expect(await alice.asks('read', { place: 'bob', id: ids[0] })).toMatchObject({ seq: 2, unread: 1 });
});
