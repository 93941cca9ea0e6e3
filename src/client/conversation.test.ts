import { command, definePlugin, EVERYONE, param, z } from 'chatserv';
import { overStream, type Step } from 'chatserv/client';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { as, mapMemory, Talk, to } from '../../test/support/talk.ts';

const reactions = definePlugin({
  name: 'reactions',
  summary: 'Reacts to entries',
  setup: ({ server }) => ({
    kinds: [{ name: 'reaction', version: 1, schema: z.string(), counts: false }],
    commands: [
      command({
        name: 'react',
        summary: 'Reacts to an entry',
        params: { of: param.integer() },
        async run({ account, values: { of } }) {
          const to = { room: EVERYONE };
          const { id } = await server.append({ kind: 'reaction', from: account, to, of, data: '+1' });
          return `${id}`;
        },
      }),
    ],
  }),
});

describe('the login', () => {
  test('asks the owner, who can log in, correct a mistake, and register', async () => {
    await using server = await startServer();
    const talk = new Talk(
      server,
      {},
      to(
        { type: 'login', name: 'alice', password: PASSWORD },
        { type: 'register', name: 'alice', password: 'short' },
        { type: 'register', name: 'alice', password: PASSWORD },
      ),
    );
    expect(await talk.is('online')).toEqual({ state: 'online', name: 'alice', back: false });
    expect(talk.asked).toEqual([
      { question: 'username', because: 'start' },
      { question: 'register', because: '' },
      { question: 'new-password', because: 'too-short' },
    ]);
  });

  test('tells the owner what is wrong with a name', async () => {
    await using server = await startServer();
    const talk = new Talk(server, { login: { name: 'a:b', password: PASSWORD, register: true } });
    const refused = { question: 'username', because: 'username', reason: 'characters' };
    expect(await talk.conversation.over()).toEqual({ state: 'closed', why: 'refused', ...refused });
    expect(talk.asked).toEqual([refused]);
  });

  test('goes on under another name, and is remembered under that one', async () => {
    await using server = await startServer({ rename: { users: true } });
    const memory = mapMemory();
    const talk = new Talk(server, { ...as('alice'), memory });
    await talk.is('online');
    await talk.conversation.command('rename', { name: 'alicia' });
    expect(talk.conversation.name).toBe('alicia');
    expect(talk.conversation.state).toEqual({ state: 'online', name: 'alicia', back: true });
    expect(memory.recall('alice')?.token).toBeUndefined();
    expect(memory.recall('alicia')?.token).toBeDefined();
    await talk.conversation.leave();
    const again = new Talk(server, { login: { name: 'alicia' }, memory });
    expect(await again.is('online')).toMatchObject({ name: 'alicia' });
  });

  test('does not start twice if the server asks first', async () => {
    await using server = await startServer();
    const talk = new Talk(server, { ...as('alice'), open: overStream(() => server.open('json')) });
    await talk.is('online');
    expect(talk.asked).toEqual([]);
  });

  test('can be answered question by question', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const talk = new Talk(server, {}, to({ type: 'answer', text: 'alice' }, { type: 'answer', text: PASSWORD }));
    await talk.is('online');
    expect(talk.asked.map(({ question }) => question)).toEqual(['username', 'password']);
  });

  test('ends when the owner does not answer', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const talk = new Talk(server, { login: { name: 'alice', password: 'wrong' } });
    const closed = { state: 'closed', why: 'refused', question: 'password', because: 'wrong' };
    expect(await talk.conversation.over()).toEqual(closed);
    await expect(talk.conversation.command('who')).rejects.toMatchObject({ reason: 'closed' });
  });

  test('ends while logins are blocked, with the time that is left', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const wrong: Step = { type: 'login', name: 'alice', password: 'wrong' };
    const talk = new Talk(server, {}, to(wrong, wrong, wrong));
    expect(await talk.conversation.over()).toEqual({ state: 'closed', why: 'blocked', seconds: 60 });
  });

  test("that takes too long starts again with the owner's late answer", async () => {
    await using server = await startServer();
    await server.registers('alice');
    const { promise, resolve } = Promise.withResolvers<Step>();
    const owner = new Talk(server, { owner: { ask: () => promise } });
    await owner.is('logging-in');
    server.clock.advance(61);
    await vi.waitFor(() => expect(owner.stream?.destroyed).toBe(true));
    resolve({ type: 'login', name: 'alice', password: PASSWORD });
    await owner.is('online');
  });
});

describe('messages', () => {
  test('that waited are marked and counted', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await bob.says('message alice one', 'broadcast two');
    await bob.seesInOrder('sent:', 'sent:');
    const alice = new Talk(server, as('alice'));
    await alice.shows('one', 'two');
    await vi.waitFor(() => expect(alice.caughtUpWith).toEqual([2]));
    await bob.says('message alice three');
    await alice.shows('one', 'two', 'three');
    expect(alice.shown.map(({ from, audience, waited }) => [from, audience, waited])).toEqual([
      ['bob', 'named', true],
      ['bob', 'everyone', true],
      ['bob', 'named', false],
    ]);
  });

  test('of other kinds are passed on, acknowledged, and not delivered again', async () => {
    await using server = await startServer({ reactions }, { unacknowledged: 3 });
    await server.registers('alice');
    const bob = await server.joins('bob');
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    for (const of of [1, 2, 3, 4]) await bob.says(`react ${of}`);
    // More than may be unacknowledged, without a message among them.
    await vi.waitFor(() => expect(alice.entries).toHaveLength(3));
    server.clock.advance(0.1);
    await vi.waitFor(() => expect(alice.entries).toHaveLength(4));
    const [first] = alice.entries;
    expect(first).toEqual({
      id: 1,
      room: 1,
      seq: 0,
      kind: 'reaction',
      from: 'bob',
      of: 1,
      data: '+1',
      time: expect.any(Date),
    });
    expect(alice.caughtUpWith).toEqual([0]);
    await alice.conversation.leave();
    await bob.says('react 5');
    const again = new Talk(server, as('alice'));
    await vi.waitFor(() => expect(again.entries.map(({ of }) => of)).toEqual([5]));
  });

  test('are acknowledged together, and not delivered again', async () => {
    await using server = await startServer({}, { unacknowledged: 3 });
    await server.registers('alice');
    const bob = await server.joins('bob');
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    const texts = ['1', '2', '3', '4', '5', '6', '7'];
    for (const text of texts) await bob.says(`message alice ${text}`);
    // The server sends no more than may be unacknowledged.
    await alice.shows('1', '2', '3');
    server.clock.advance(0.1);
    await alice.shows('1', '2', '3', '4', '5', '6');
    await alice.conversation.leave();
    const again = new Talk(server, as('alice'));
    await again.shows('7');
  });

  test('received before are not shown again, even from an earlier run', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const memory = mapMemory();
    const alice = new Talk(server, { ...as('alice'), memory });
    await alice.is('online');
    await bob.says('message alice one', 'message alice two');
    await alice.shows('one', 'two');
    // It is ended before it has acknowledged them, but not before it has remembered.
    const { token, seen } = { ...memory.recall('alice'), seen: seenOf(alice) };
    memory.remember('alice', { token, seen });
    alice.stream?.destroy();
    alice.conversation.close();
    await bob.says('message alice three');
    await bob.asksUntil('who', 'bob');
    const again = new Talk(server, { ...as('alice'), memory });
    await again.shows('three');
    server.clock.advance(0.1);
    await again.conversation.command('who');
    expect(memory.recall('alice')?.seen?.id).toBe(again.shown[0]?.id);
  });

  test('of a server with a new store are shown, although their ids start again', async () => {
    const memory = mapMemory();
    const seen = await (async () => {
      await using before = await startServer();
      await before.registers('alice');
      const bob = await before.joins('bob');
      const alice = new Talk(before, { ...as('alice'), memory });
      await alice.is('online');
      for (const text of ['1', '2', '3']) await bob.says(`message alice ${text}`);
      await alice.shows('1', '2', '3');
      before.clock.advance(0.1);
      return memory.recall('alice')?.seen;
    })();
    expect(seen?.id).toBeGreaterThan(1);
    await using after = await startServer();
    after.clock.advance(3600);
    await after.registers('alice');
    const bob = await after.joins('bob');
    const alice = new Talk(after, { ...as('alice'), memory });
    await alice.is('online');
    await bob.says('message alice new', 'message alice newer');
    await alice.shows('new', 'newer');
    expect(alice.shown[0]?.id).toBeLessThanOrEqual(seen?.id ?? 0);
  });
});

describe('requests', () => {
  test('resolve with the answer', async () => {
    await using server = await startServer();
    const bob = await server.joins('bob');
    const { conversation } = new Talk(server, as('alice'));
    const sent = conversation.message(['bob', 'ghost'], 'hi');
    expect(await sent).toMatchObject({ command: 'message', text: 'sent:ghost', facts: { unknown: ['ghost'] } });
    await bob.hears('alice', 'hi');
    await expect(conversation.command('dance')).rejects.toMatchObject({ reason: 'command', about: 'dance' });
    await expect(conversation.message('everyone', 'x'.repeat(5000))).rejects.toMatchObject({ reason: 'line' });
    expect((await conversation.command('whoelse')).facts).toEqual({ names: ['bob'] });
  });

  test('can answer a message, which is quoted to its recipients', async () => {
    await using server = await startServer();
    await server.registers('bob');
    const alice = new Talk(server, as('alice'));
    const bob = new Talk(server, { login: { name: 'bob', password: PASSWORD } });
    await alice.is('online');
    await bob.is('online');
    const { facts } = await alice.conversation.message('everyone', 'lunch?');
    await bob.shows('lunch?');
    await bob.conversation.message('everyone', 'at noon', { reply: Number(facts?.id) });
    await alice.shows('at noon');
    expect(alice.shown[0]).toMatchObject({ reply: facts?.id, quote: 'alice: "lunch?"' });
    const elsewhere = bob.conversation.message(['alice'], 'psst', { reply: Number(facts?.id) });
    await expect(elsewhere).rejects.toMatchObject({ reason: 'elsewhere' });
  });

  test('that are too fast are retried in order', async () => {
    await using server = await startServer({ './examples/rate-limit.ts': { atOnce: 3, perSecond: 1 } });
    const bob = await server.joins('bob');
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    const texts = ['1', '2', '3', '4', '5', '6'];
    const answers = Promise.all(texts.map((text) => alice.conversation.message(['bob'], text)));
    let done = false;
    void answers.then(() => {
      done = true;
    });
    await vi.waitFor(
      () => {
        if (!done) server.clock.advance(1);
        expect(done).toBe(true);
      },
      { timeout: 15_000, interval: 30 },
    );
    for (const text of texts) await bob.hears('alice', text);
  });

  test("learn the server's commands, and who is online", async () => {
    await using server = await startServer();
    const bob = await server.joins('bob');
    const alice = new Talk(server, as('alice'));
    await vi.waitFor(() => expect(alice.conversation.commands.map(({ name }) => name)).toContain('wholast'));
    await vi.waitFor(() => expect([...alice.conversation.online].sort()).toEqual(['alice', 'bob']));
    await bob.logsOut();
    await vi.waitFor(async () => {
      server.clock.advance(1);
      expect(await alice.conversation.whoIsOnline()).toEqual(['alice']);
    });
  });
});

function seenOf({ shown }: Talk): { id: number; time: number } {
  const last = shown.at(-1);
  return { id: last?.id ?? 0, time: last?.time.getTime() ?? 0 };
}
