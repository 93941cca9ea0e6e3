import { definePlugin, MessageLog } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';
import { marks } from '../../../test/support/marks.ts';

/** Logs bob in on a device. */
async function bobOn(server: TestServer, device: string): Promise<JsonClient> {
  const client = server.connectJson();
  client.says({ type: 'login', name: 'bob', password: PASSWORD, device });
  await client.sees({ type: 'welcome' });
  await client.seesToken();
  return client;
}

/** Alice is in #lab with bob, who is away. */
async function labWithBob(server: TestServer) {
  await server.registers('alice', 'bob');
  const alice = await server.returns('alice');
  expect(await alice.asks('create #lab')).toBe('created:#lab');
  const phone = await bobOn(server, 'phone');
  phone.says({ type: 'command', name: 'join', text: '#lab' });
  const { id } = (await phone.sees({ type: 'entry', kind: 'join' })) as { id: number };
  await phone.sees({ type: 'answer', text: 'joined:#lab' });
  await alice.sees(/bob joined$/);
  phone.says({ type: 'acknowledge', id });
  await phone.seesNothing();
  await phone.closes();
  return {
    alice,
    say: async (count: number) => {
      for (let i = 0; i < count; i++) expect(await alice.asks('message #lab hello')).toBe('sent:');
    },
  };
}

async function gapOf(client: JsonClient): Promise<unknown> {
  const { data } = (await client.sees({ type: 'entry', kind: 'gap' })) as { data?: unknown };
  return data;
}

describe('a returning device', () => {
  test('gets the latest messages of a room after a gap, and later ones in full', async () => {
    await using server = await startServer({ history: { catchUp: 3, announce: false } });
    const { say } = await labWithBob(server);
    await say(8);
    const phone = await bobOn(server, 'phone');
    expect(await gapOf(phone)).toEqual({ after: 3, before: 9, count: 5 });
    for (let id = 9; id <= 11; id++) await phone.sees({ type: 'message', id });
    await say(5);
    for (let id = 12; id <= 16; id++) await phone.sees({ type: 'message', id });
    await phone.seesNothing();
  });

  test('gets everything where there is no history, and where a room keeps none', async () => {
    await using server = await startServer({ history: { catchUp: 3, announce: false } });
    const { alice, say } = await labWithBob(server);
    expect(await alice.asks('room-retention #lab none')).toBe('done:');
    await say(8);
    const phone = await bobOn(server, 'phone');
    await phone.sees({ type: 'entry', kind: 'retention', data: { room: 2, roomName: '#lab', retention: 'none' } });
    for (let id = 5; id <= 12; id++) await phone.sees({ type: 'message', id });
    await phone.closes();
    await server.reload({ history: false });
    const again = await bobOn(server, 'phone');
    await again.sees({ type: 'entry', id: 4 });
    for (let id = 5; id <= 12; id++) await again.sees({ type: 'message', id, repeat: true });
  });

  test('keeps its gap when a plugin holds an entry, and in pages of many entries', async () => {
    let held = true;
    const holder = definePlugin({
      name: 'holder',
      summary: 'Holds messages to everyone',
      setup: () => ({
        hooks: {
          onDeliver: {
            guard: (_session, { audience }) =>
              held && 'group' in audience && audience.group === 'everyone' ? 'hold' : undefined,
          },
        },
      }),
    });
    await using server = await startServer({ holder, history: { catchUp: 3, announce: false } });
    const { alice, say } = await labWithBob(server);
    expect(await alice.asks('broadcast first')).toBe('sent:');
    await say(5);
    for (let i = 0; i < 100; i++) expect(await alice.asks(`message bob ${i}`)).toBe('sent:');
    await say(1);
    const phone = await bobOn(server, 'phone');
    await phone.seesNothing();
    held = false;
    phone.says({ type: 'command', name: 'fetch', text: '' });
    await phone.sees({ type: 'answer', text: 'fetching' });
    await phone.sees({ type: 'message', text: 'first' });
    expect(await gapOf(phone)).toMatchObject({ count: 3 });
    for (let i = 0; i < 2; i++) await phone.sees({ type: 'message', text: 'hello' });
    for (let i = 0; i < 100; i++) await phone.sees({ type: 'message', text: String(i) });
    await phone.sees({ type: 'message', text: 'hello' });
    await phone.seesNothing();
  });

  test('is the same for a client that polls', async () => {
    await using server = await startServer({ history: { catchUp: 1, announce: false } });
    const { say } = await labWithBob(server);
    await say(2);
    const classic = server.connectClassic();
    await classic.logsIn('bob', PASSWORD);
    await classic.sees(/#lab \*server\*: 2 new$/);
    await classic.sees('DONE');
    await say(2);
    await classic.says('fetch');
    await classic.sees('fetching');
    for (let i = 0; i < 2; i++) await classic.sees(/#lab alice: hello$/);
    await classic.sees('DONE');
  });
});

describe('a page', () => {
  /** The ids that a call answers with, and whether there is more. */
  async function page(client: JsonClient, text: string) {
    client.says({ type: 'command', name: 'history', text });
    const { facts = {} } = (await client.sees({ type: 'answer' })) as { facts?: Record<string, unknown> };
    return { ids: (facts.entries as { id: number }[]).map(({ id }) => id), more: facts.more };
  }

  test('begins and ends where it is told, and says whether there is more', async () => {
    await using server = await startServer({ marks });
    const { say } = await labWithBob(server);
    await say(5);
    const phone = await bobOn(server, 'phone');
    for (let id = 4; id <= 8; id++) await phone.sees({ type: 'message', id });
    const none = { before: false, after: false };
    const both = { before: true, after: true };
    for (const [text, ids, more] of [
      ['#lab', [4, 5, 6, 7, 8], none],
      ['#lab 2', [7, 8], { ...none, before: true }],
      ['#lab 2 before 7', [5, 6], both],
      ['#lab 2 before 4', [], { ...none, after: true }],
      ['#lab 9 before 7', [4, 5, 6], { ...none, after: true }],
      ['#lab 2 after 5', [6, 7], both],
      ['#lab 9 after 5', [6, 7, 8], { ...none, before: true }],
      ['#lab after 8', [], { ...none, before: true }],
      ['#lab 3 around 6', [5, 6, 7], both],
      ['#lab 1 around 6', [6], both],
      ['#lab around 99', [4, 5, 6, 7, 8], none],
      ['#lab around 1', [4, 5, 6, 7, 8], none],
    ] as const) {
      expect(await page(phone, text), text).toEqual({ ids, more });
    }
  });

  test('has the members’ messages only, and changes that they could see', async () => {
    await using server = await startServer({ marks });
    const { alice, say } = await labWithBob(server);
    await say(2);
    const phone = await bobOn(server, 'phone');
    for (let id = 4; id <= 5; id++) await phone.sees({ type: 'message', id });
    phone.says({ type: 'command', name: 'leave', text: '#lab' });
    await phone.sees({ type: 'left', roomName: '#lab' });
    await phone.sees({ type: 'answer', text: 'left:#lab' });
    await alice.sees(/bob left$/);
    expect(await alice.asks('mark 4 late')).toBe('marked');
    await say(2);
    phone.says({ type: 'command', name: 'join', text: '#lab' });
    await phone.sees({ type: 'entry', kind: 'join' });
    await phone.sees({ type: 'answer', text: 'joined:#lab' });
    await alice.sees(/bob joined$/);
    expect(await alice.asks('mark 4 early')).toBe('marked');
    await phone.sees({ type: 'entry', kind: 'mark' });
    await say(1);
    await phone.sees({ type: 'message', id: 12 });
    expect(await page(phone, '#lab 2 before 13')).toEqual({ ids: [5, 12], more: { before: true, after: false } });
    expect(await page(phone, '#lab 2 after 4')).toEqual({ ids: [5, 12], more: { before: true, after: false } });
    phone.says({ type: 'command', name: 'history', text: '#lab 1 before 5' });
    const { facts } = (await phone.sees({ type: 'answer' })) as { facts?: { changes: object[] } };
    expect(facts?.changes).toMatchObject([{ id: 11, data: { sign: 'early' } }]);
  });

  test('shows a message without its text when that was removed', async () => {
    await using server = await startServer({ marks });
    const { alice, say } = await labWithBob(server);
    await say(1);
    expect(await alice.asks('mark 4 +1')).toBe('marked');
    expect(await alice.asks('blank 4')).toBe('true');
    const phone = await bobOn(server, 'phone');
    await phone.sees({ type: 'entry', kind: 'redaction' });
    phone.says({ type: 'command', name: 'history', text: '#lab' });
    const { facts } = (await phone.sees({ type: 'answer' })) as { facts?: Record<string, object[]> };
    expect(facts?.entries).toMatchObject([{ id: 4, text: '', redacted: true }]);
    expect(facts?.changes).toMatchObject([{ kind: 'redaction', of: 4 }]);
  });
});

test('the log is trimmed to the retention of each room', async () => {
  await using server = await startServer({ timeouts: false, history: { days: 10, most: {}, announce: false } });
  const { alice, say } = await labWithBob(server);
  for (const room of ['#few', '#short', '#forever', '#none']) {
    expect(await alice.asks(`create ${room}`)).toBe(`created:${room}`);
  }
  for (const [room, how] of [
    ['#few', '2'],
    ['#short', '1d'],
    ['#forever', 'forever'],
    ['#none', 'none'],
  ]) {
    expect(await alice.asks(`room-retention ${room} ${how}`)).toBe('done:');
    for (const text of ['one', 'two', 'three']) expect(await alice.asks(`message ${room} ${text}`)).toBe('sent:');
  }
  await say(1);
  const log = server.host.service(MessageLog.service) as MessageLog;
  const counts = async () => {
    const found: Record<string, number> = {};
    for (const { id, name } of await log.rooms(0, 10)) {
      found[name] = (await log.history(id, { limit: 10, counting: true })).length;
    }
    return found;
  };
  const untilTrimmed = async (expected: Record<string, number>) => expect.poll(counts).toEqual(expected);
  server.clock.advance(600);
  await untilTrimmed({ lab: 1, few: 2, short: 3, forever: 3, none: 0 });
  server.clock.advance(2 * 86_400);
  await untilTrimmed({ lab: 1, few: 2, short: 0, forever: 3, none: 0 });
});

test('who joins a room is told how long messages stay there, after the answer', async () => {
  const slow = alteredMemory(({ messageLog }) => ({
    messageLog: {
      // Asked after the account has joined, for the answer.
      async member(...args) {
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        return messageLog.member(...args);
      },
    },
  }));
  await using server = await startServer({ memory: false, slow, history: true });
  const alice = await server.joins('alice');
  await alice.says('create #lab');
  await alice.seesInOrder('created:#lab', / #lab \*server\*: messages are kept for 365 days/);
  const bob = server.connectJson();
  await server.registers('bob');
  await bob.logsIn('bob', PASSWORD);
  bob.says({ type: 'command', name: 'join', text: '#lab' });
  await bob.sees({ type: 'answer', text: 'joined:#lab' });
  await bob.sees({ type: 'entry', kind: 'retention', data: { roomName: '#lab' } });
});
