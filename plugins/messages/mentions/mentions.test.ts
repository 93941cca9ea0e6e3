import { Accounts, definePlugin, mentionsIn } from 'chatserv';
import { type LineClient, startServer, type TestPlugins } from 'chatserv/testing';
import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';

describe('a text', () => {
  test.each([
    ['@bob hello', [['bob']]],
    ['hello @Bob!', [['Bob!', 'Bob']]],
    ["(@bob's) turn", [["bob's", 'bob']]],
    ['@a.b.c.', [['a.b.c.', 'a.b.c', 'a']]],
    ['@bob,@carol', [['bob'], ['carol']]],
    ['@зоя @山田さん', [['зоя'], ['山田さん']]],
    ['こんにちは＠山田', [['山田']]],
    ['mail a@b.c or a.b+c@d.e', []],
    ['почта@пример.рф', []],
    ['see `@bob` and ``let @bob = 1``', []],
    ['an open ` before @bob', [['bob']]],
    ['https://example.org/@bob', []],
    ['@ bob, @@bob, @', [['@bob']]],
    ['tea at four', []],
  ])('%s', (text, mentions) => {
    expect(mentionsIn(text)).toEqual(mentions);
  });

  test('of any form takes little time, and yields no empty name', () => {
    assert(
      property(string({ unit: constantFrom('@', '`', 'a', '.', ' ', '太', '\u0301'), maxLength: 300 }), (text) => {
        expect(mentionsIn(text).flat()).not.toContain('');
      }),
    );
    for (const unit of ['`', '@', '`@', '@a', '@.', '@`a']) {
      const began = performance.now();
      mentionsIn(unit.repeat(4096));
      expect(performance.now() - began).toBeLessThan(200);
    }
  });
});

/** Starts a server with alice, bob and carol, of whom alice and bob are in #lab, which bob owns. */
async function start(plugins: TestPlugins = {}) {
  let give = async (_name: string, ..._roles: string[]): Promise<void> => {};
  const giver = definePlugin({
    name: 'giver',
    summary: 'Gives roles',
    needs: { accounts: Accounts },
    setup({ accounts }) {
      give = async (name, ...roles) => accounts.setRoles((await accounts.find(name))?.id ?? 0, roles);
    },
  });
  const all = { giver, rooms: { quietAbove: 0 }, 'single-session': false, timeouts: false, ...plugins };
  const server = await startServer(all, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  for (const name of ['alice', 'carol']) await server.registers(name);
  const bob = await server.joins('bob');
  expect(await bob.asks('create #lab')).toBe('created:#lab');
  const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
  await phone.asks('join', { room: '#lab' });
  const laptop = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
  return { server, bob, phone, laptop, give };
}

async function says(client: LineClient, ...commands: string[]): Promise<void> {
  for (const command of commands) expect(await client.asks(command)).toBe('sent:');
}

/** How many unread messages of a room, or to everyone, mention a user. */
async function mentioned(program: Program, place = '#lab'): Promise<number | undefined> {
  const { rooms = [] } = await program.asks('unread');
  return rooms.find(({ roomName = 'everyone' }) => roomName === place)?.mentions;
}

describe('a message', () => {
  test('mentions a member of its room, on all devices, and its text stays as it is', async () => {
    const { bob, phone, laptop } = await start();
    await says(bob, 'message #lab hello', 'message #lab hello @Alice.', 'message #lab `@alice` a@alice');
    expect(await mentioned(phone)).toBe(1);
    for (const program of [phone, laptop]) {
      await program.asks('whoelse');
      expect(program.takes('message').map(({ text, mentions }) => [text, mentions])).toEqual([
        ['hello', undefined],
        ['hello @Alice.', ['alice']],
        ['`@alice` a@alice', undefined],
      ]);
    }
    const { entries } = await phone.asks('history', { place: '#lab', count: 2 });
    expect(entries).toMatchObject([{ mentions: ['alice'] }, { text: '`@alice` a@alice' }]);
  });

  test('mentions a member with the sign of Japanese keyboards, too', async () => {
    const { bob, phone } = await start();
    await says(bob, 'message #lab ＠alice hello');
    expect(await mentioned(phone)).toBe(1);
  });

  test('mentions nobody who is not in its room, nor its sender, nor anyone in a conversation', async () => {
    const { server, bob, phone } = await start();
    const carol = await Program.logsIn(server.connectJson(), 'carol', 'phone');
    await says(bob, 'message #lab @carol @bob @nobody', 'message alice @alice');
    await phone.asks('join', { room: '#lab' });
    expect(await mentioned(phone)).toBe(0);
    const { rooms = [] } = await phone.asks('unread');
    expect(rooms.map(({ mentions }) => mentions)).toEqual([0, 0]);
    await carol.asks('join', { room: '#lab' });
    expect(await mentioned(carol)).toBeUndefined();
  });

  test('to everyone mentions any user, offline too', async () => {
    const { server, bob, phone } = await start();
    await says(bob, 'broadcast @alice @carol tea?', 'broadcast @all tea!');
    expect(await mentioned(phone, 'everyone')).toBe(1);
    const carol = await Program.logsIn(server.connectJson(), 'carol', 'phone');
    expect(await mentioned(carol, 'everyone')).toBe(1);
  });

  test('mentions a user by a name with signs, and by the shorter one where nobody has the longer', async () => {
    const { server, bob, phone } = await start();
    const dotted = await server.joins('alice.b');
    expect(await dotted.asks('join #lab')).toBe('joined:#lab');
    await says(bob, 'message #lab @alice.b, tea?', "message #lab @alice's tea.");
    expect(await mentioned(phone)).toBe(1);
    await phone.asks('whoelse');
    expect(phone.takes('message').map(({ mentions }) => mentions)).toEqual([['alice.b'], ['alice']]);
  });

  test('mentions so many users at most', async () => {
    const { server, bob, phone } = await start({ mentions: { max: 2 } });
    await says(bob, 'message #lab @one @two @alice', 'message #lab @one @alice');
    expect(await mentioned(phone)).toBe(1);
    expect(server.limitHits).toEqual({ mentions: 1 });
  });
});

describe('@all', () => {
  test('mentions everyone in a small room', async () => {
    const { bob, phone } = await start();
    await says(bob, 'message #lab @all: tea?', 'message #lab @everyone tea?', 'message #lab @allison');
    expect(await mentioned(phone)).toBe(2);
    await phone.asks('whoelse');
    expect(phone.takes('message').map(({ mentionsAll }) => mentionsAll)).toEqual([true, true, undefined]);
    const { entries } = await phone.asks('history', { place: '#lab', count: 1 });
    expect(entries).toEqual([expect.not.objectContaining({ mentionsAll: true })]);
  });

  test('takes a moderator in a larger room and to everyone, and is plain text of others', async () => {
    const { bob, phone, give } = await start({ mentions: { maxForAll: 1 } });
    await phone.asks('message', { to: ['#lab'], text: '@all' });
    await bob.sees('[2026-01-01T00:00:00Z] #lab alice: @all');
    const { entries } = await phone.asks('history', { place: '#lab' });
    expect(entries).toEqual([expect.not.objectContaining({ mentionsAll: true })]);
    await says(bob, 'message #lab @all', 'broadcast @all');
    expect(await mentioned(phone)).toBe(1);
    expect(await mentioned(phone, 'everyone')).toBe(0);
    await give('bob', 'moderator');
    await says(bob, 'broadcast @all');
    expect(await mentioned(phone, 'everyone')).toBe(1);
  });
});
