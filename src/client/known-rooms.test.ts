import { type LineClient, startServer } from 'chatserv/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Program } from '../../test/support/json-program.ts';
import { as, Talk } from '../../test/support/talk.ts';
import type { KnownRoom } from './index.ts';

/** A conversation whose owner wants to know the rooms. */
class Sidebar extends Talk {
  readonly changes: KnownRoom[] = [];

  room(room: KnownRoom): void {
    this.changes.push(room);
  }

  /** The unread messages by place, the latest first. */
  get unread(): string[] {
    return this.conversation.rooms.known.map(
      ({ kind, name, members, unread }) => `${name ?? members ?? kind} ${unread}`,
    );
  }

  async lists(...unread: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.unread).toEqual(unread), { timeout: 5_000 });
  }

  idOf(place: string): number {
    const found = this.conversation.rooms.known.find(
      ({ kind, name, members }) => `${name ?? members ?? kind}` === place,
    );
    return found?.id ?? 0;
  }
}

async function start() {
  const server = await startServer({
    rooms: { declared: { '#lab': {} }, quietAbove: 0 },
    'single-session': false,
    timeouts: false,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers('alice');
  const bob = await server.joins('bob');
  expect(await bob.asks('join #lab')).toBe('joined:#lab');
  return { server, bob };
}

test('rooms are listed at a login, and count what arrives, also in a new one', async () => {
  const { server, bob } = await start();
  expect(await bob.asks('message alice one')).toBe('sent:');
  const alice = new Sidebar(server, as('alice'));
  await alice.lists('bob 1', 'everyone 0');
  expect(await bob.asks('broadcast two')).toBe('sent:');
  await alice.lists('everyone 1', 'bob 1');
  expect(await bob.asks('message alice three')).toBe('sent:');
  await alice.lists('bob 2', 'everyone 1');
  const carol = await server.joins('carol');
  expect(await carol.asks('message alice four')).toBe('sent:');
  await alice.lists('carol 1', 'bob 2', 'everyone 1');
  await alice.conversation.command('join', '#lab');
  expect(await bob.asks('message #lab five')).toBe('sent:');
  await alice.lists('#lab 1', 'carol 1', 'bob 2', 'everyone 1');
  expect(alice.changes.at(-1)).toMatchObject({ kind: 'room', name: '#lab', unread: 1, marker: 0 });
  // Listing the others again has changed nothing.
  expect(alice.changes.map(({ kind, name, members }) => `${name ?? members ?? kind}`)).toEqual([
    'bob',
    'everyone',
    'everyone',
    'bob',
    'carol',
    '#lab',
  ]);
});

test('mentions are counted as they arrive, and go when they are read', async () => {
  const { server, bob } = await start();
  const alice = new Sidebar(server, as('alice'));
  await alice.lists('everyone 0');
  await alice.conversation.command('join', '#lab');
  const mentions = () => alice.conversation.rooms.known.find(({ name }) => name === '#lab')?.mentions;
  for (const [text, count] of [
    ['@alice one', 1],
    ['two', 1],
    ['@ALICE three', 2],
    ['@bob four', 2],
  ] as const) {
    expect(await bob.asks(`message #lab ${text}`)).toBe('sent:');
    await vi.waitFor(() => expect(mentions()).toBe(count), { timeout: 5_000 });
  }
  await alice.lists('#lab 4', 'everyone 0');
  await alice.conversation.rooms.markRead(alice.idOf('#lab'));
  await alice.lists('#lab 0', 'everyone 0');
  expect(mentions()).toBe(0);
});

test('reading is known at once, and on the other devices', async () => {
  const { server, bob } = await start();
  for (const text of ['one', 'two', 'three']) expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
  const [alice, other] = [new Sidebar(server, as('alice')), new Sidebar(server, as('alice'))];
  await alice.lists('bob 3', 'everyone 0');
  await other.lists('bob 3', 'everyone 0');
  await vi.waitFor(() => expect(alice.shown).toHaveLength(3));
  await alice.conversation.rooms.markRead(alice.idOf('bob'), alice.shown[1]?.id);
  expect(alice.unread).toEqual(['bob 1', 'everyone 0']);
  expect(alice.conversation.rooms.known[0]).toMatchObject({ marker: alice.shown[1]?.seq });
  await other.lists('bob 1', 'everyone 0');
  await other.conversation.rooms.markRead(alice.idOf('bob'));
  await alice.lists('bob 0', 'everyone 0');
  await other.conversation.command('notify', { place: 'bob', level: 'nothing' });
  await vi.waitFor(() => expect(alice.conversation.rooms.known[0]?.level).toBe('nothing'));
});

test('what the user posts is read, here and on another device', async () => {
  const { server, bob } = await start();
  expect(await bob.asks('message alice hi')).toBe('sent:');
  const [alice, other] = [new Sidebar(server, as('alice')), new Sidebar(server, as('alice'))];
  await alice.lists('bob 1', 'everyone 0');
  await other.lists('bob 1', 'everyone 0');
  await alice.conversation.message(['bob'], 'hello');
  expect(alice.unread).toEqual(['bob 0', 'everyone 0']);
  server.clock.advance(1);
  await other.lists('bob 0', 'everyone 0');
});

test('further rooms are listed page by page, and what changed meanwhile is known after a reconnect', async () => {
  const { server, bob } = await start();
  const people = Array.from({ length: 25 }, (_, i) => `u${i}`);
  for (const name of people) {
    const one = await server.joins(name);
    await one.asks('message alice hi');
    await one.closes();
  }
  const alice = new Sidebar(server, as('alice'));
  await vi.waitFor(() => expect(alice.unread).toHaveLength(20));
  expect(await alice.conversation.rooms.more()).toBe(true);
  expect(alice.unread).toHaveLength(26);
  expect(await alice.conversation.rooms.more()).toBe(false);
  expect(alice.unread[0]).toBe('u24 1');

  const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
  alice.stream?.destroy();
  await alice.is('lost');
  expect(alice.unread).toEqual([]);
  await phone.asks('read', { place: 'u24' });
  expect(await bob.asks('message alice new')).toBe('sent:');
  alice.conversation.tryNow();
  await vi.waitFor(() => expect(alice.unread.slice(0, 3)).toEqual(['bob 1', 'u24 0', 'u23 1']));
});

test('a server without the command has no rooms to list', async () => {
  await using server = await startServer({ markers: false });
  const alice = new Sidebar(server, as('alice'));
  await alice.is('online');
  const bob = await server.joins('bob');
  expect(await bob.asks('message alice hi')).toBe('sent:');
  await alice.shows('hi');
  expect(alice.unread).toEqual([]);
  await expect(alice.conversation.rooms.markRead(1)).rejects.toMatchObject({ reason: 'command' });
});

test('messages of users whom the user ignores are not counted, before and after the login', async () => {
  const { server, bob } = await start();
  const carol = await server.joins('carol');
  const alice = new Sidebar(server, as('alice'));
  await alice.conversation.command('ignore', 'bob');
  const says = async (sender: LineClient, line: string) => {
    await sender.says(line);
    for (let next = await sender.next(); next !== 'sent:'; next = await sender.next());
  };
  for (const sender of [bob, carol, bob, bob, carol]) await says(sender, 'broadcast hi');
  await alice.lists('everyone 2');
  const later = new Sidebar(server, as('alice'));
  await later.lists('everyone 2');
  const { facts } = await alice.conversation.command('history', 'everyone 2');
  const [first] = (facts?.entries ?? []) as { id: number }[];
  await alice.conversation.rooms.markRead(alice.idOf('everyone'), first?.id);
  await alice.lists('everyone 1');
  await later.lists('everyone 1');
  await says(bob, 'message alice hi');
  await says(carol, 'broadcast hi');
  await alice.lists('everyone 2');
  await later.lists('everyone 2');
});
