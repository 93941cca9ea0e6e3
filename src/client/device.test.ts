import { Conversation, type ConversationOptions, overStream } from 'chatserv/client';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { mapMemory, Talk, to } from '../../test/support/talk.ts';

const LOGIN = { login: { name: 'alice', password: PASSWORD } };
const DESK = { device: { name: 'desk' } };
const WINDOWS = { device: { name: 'page', numbered: true } };

/** The devices on which alice is online, as the server knows them. */
function devicesOf(server: TestServer): string[] {
  return [...server.host.kernel.sessions()].flatMap(({ account, deviceName }) => (account ? [deviceName] : []));
}

async function online(server: TestServer, options: Partial<ConversationOptions>): Promise<Talk> {
  const talk = new Talk(server, { ...LOGIN, ...options });
  await talk.is('online');
  return talk;
}

describe('a conversation with a device', () => {
  test('comes in beside a plain connection, and is asked before it replaces one of its own', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const line = await server.returns('alice');
    const first = await online(server, DESK);
    expect(first.conversation.device).toBe('desk');
    const takeover = { type: 'login', name: 'alice', password: PASSWORD, takeover: true } as const;
    const second = new Talk(server, { ...LOGIN, ...DESK }, to(takeover));
    await second.is('online');
    expect(second.asked).toEqual([{ question: 'username', because: 'connected', reason: 'takeover' }]);
    expect(await first.conversation.over()).toMatchObject({ why: 'replaced' });
    expect(devicesOf(server)).toEqual(['', 'desk']);
    await line.seesNothing();
  });

  test('names it too where the owner answers one question at a time', async () => {
    await using server = await startServer();
    const talk = new Talk(
      server,
      DESK,
      to(
        { type: 'answer', text: 'alice' },
        { type: 'answer', text: 'y' },
        { type: 'answer', text: PASSWORD },
        { type: 'answer', text: PASSWORD },
        { type: 'answer', text: 'alice' },
        { type: 'answer', text: 'not this one' },
        { type: 'answer', text: PASSWORD },
      ),
    );
    await talk.is('online');
    expect(talk.asked.map(({ question }) => question)).toEqual([
      'username',
      'register',
      'new-password',
      'new-password-again',
      'username',
      'password',
      'password',
    ]);
    expect(devicesOf(server)).toEqual(['desk']);
    const again = new Talk(
      server,
      { device: { name: 'desk', numbered: true } },
      to({ type: 'answer', text: 'alice' }, { type: 'answer', text: PASSWORD }),
    );
    await again.is('online');
    expect(devicesOf(server)).toEqual(['desk', 'desk-2']);
  });

  test('that is numbered takes the next number while one is connected, and asks after the fourth', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const windows: Talk[] = [];
    for (let i = 0; i < 4; i++) windows.push(await online(server, WINDOWS));
    expect(devicesOf(server)).toEqual(['page', 'page-2', 'page-3', 'page-4']);
    expect(windows.flatMap(({ asked }) => asked)).toEqual([]);
    const takeover = { type: 'login', name: 'alice', password: PASSWORD, takeover: true } as const;
    const fifth = new Talk(server, { ...LOGIN, ...WINDOWS }, to(takeover));
    await fifth.is('online');
    expect(fifth.asked).toEqual([{ question: 'username', because: 'connected', reason: 'takeover' }]);
    expect(await windows[0]?.conversation.over()).toMatchObject({ why: 'replaced' });
    windows[1]?.conversation.close();
    await vi.waitFor(() => expect(devicesOf(server)).toHaveLength(3));
    const next = await online(server, WINDOWS);
    expect(next.conversation.device).toBe('page-2');
  });

  test('that is numbered resumes under the number that it remembers', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const memory = mapMemory();
    const first = await online(server, WINDOWS);
    const second = await online(server, { ...WINDOWS, memory });
    await vi.waitFor(() => expect(memory.recall('alice')?.token).toBeDefined());
    expect(memory.recall('alice')).toMatchObject({ device: 'page-2' });
    second.conversation.close();
    first.conversation.close();
    await vi.waitFor(() => expect(devicesOf(server)).toEqual([]));
    const back = await online(server, { ...WINDOWS, login: { name: 'alice' }, memory });
    expect(back.conversation.device).toBe('page-2');
    expect(devicesOf(server)).toEqual(['page-2']);
  });

  test('moves to it with a token that was issued to the default device', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const memory = mapMemory();
    const before = await online(server, { memory });
    await vi.waitFor(() => expect(memory.recall('alice')?.token).toBeDefined());
    before.conversation.close();
    await online(server, { ...WINDOWS, login: { name: 'alice' }, memory });
    expect(devicesOf(server).at(-1)).toBe('page');
  });

  test('must log in again once the device was signed out', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const line = await server.returns('alice');
    const talk = await online(server, DESK);
    await talk.conversation.command('who');
    expect(await line.asks('logout desk')).toBe('done:1');
    expect(await talk.conversation.over()).toEqual({ state: 'closed', why: 'signed-out' });
  });

  test.each(['my desk', 'default', '', 'x'.repeat(65)])('cannot be called %j', (name) => {
    const open = overStream(() => {
      throw new Error('not reached');
    });
    expect(() => new Conversation({ open, owner: {}, device: { name } })).toThrow('cannot be the name of a device');
  });
});
