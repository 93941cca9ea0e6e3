import { defineCommand, definePlugin } from 'chatserv';
import { type Ask, Conversation, type Owner, overStream, type Step } from 'chatserv/client';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

/** A command that asks for two things, one of them a secret. */
const order = defineCommand({
  name: 'order',
  summary: 'Orders a pizza',
  async run({ session }) {
    const size = await session.ask('size');
    const card = await session.ask('card', { because: 'payment', secret: true });
    return `${size} pizza, paid with ${card}`;
  },
});

/** Asks new users to accept the rules, right after the login. */
const greeter = definePlugin({
  name: 'greeter',
  summary: 'Asks after the login',
  setup: () => ({
    hooks: {
      async onLogin(session) {
        while ((await session.ask('rules')) !== 'read');
      },
    },
  }),
});

/** Asks for an invitation first, and to confirm it. */
const invited = definePlugin({
  name: 'invited',
  summary: 'Asks for an invitation',
  setup: () => ({
    hooks: {
      onUsername: {
        decide: {
          order: 'pre',
          async handler(session) {
            while ((await session.ask('invitation password')) !== 'sesame');
            return undefined;
          },
        },
      },
    },
  }),
});

test('a command asks several questions in turn, and each line is answered with its own request', async () => {
  await using server = await startServer({ order });
  await server.registers('alice');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'command', request: 1, name: 'order' });
  expect(await alice.sees({ type: 'ask', request: 1 })).toEqual({
    type: 'ask',
    request: 1,
    question: 'size',
    because: '',
  });
  alice.says({ type: 'answer', request: 2, text: 'large' });
  await alice.sees({ type: 'ask', request: 2, question: 'card', because: 'payment', secret: true });
  alice.says({ type: 'answer', request: 3, text: '4111' });
  await alice.sees({ type: 'answer', request: 3, command: 'order', text: 'large pizza, paid with 4111' });
  await alice.seesNothing();
});

test('a cancelled question is no failure of the command', async () => {
  await using server = await startServer({ order });
  await server.registers('alice');
  const alice = server.connectJson();
  alice.says({ type: 'cancel', request: 0 });
  await alice.sees({ type: 'error', request: 0, reason: 'unexpected', about: 'cancel' });
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'cancel', request: 1 });
  await alice.sees({ type: 'error', request: 1, reason: 'unexpected', about: 'cancel' });
  alice.says({ type: 'command', request: 2, name: 'order' });
  await alice.sees({ type: 'ask', request: 2 });
  alice.says({ type: 'resume', request: 3, token: 'x' });
  await alice.sees({ type: 'error', request: 3, reason: 'unexpected', about: 'resume' });
  alice.says({ type: 'cancel', request: 4 });
  await alice.sees({ type: 'error', request: 4, reason: 'cancelled', about: 'order' });
  alice.says({ type: 'command', request: 5, name: 'who' });
  await alice.sees({ type: 'answer', request: 5, text: 'alice' });
  expect(server.failures).toEqual([]);
});

test('while a command asks, messages arrive and are acknowledged', async () => {
  await using server = await startServer({ order }, { unacknowledged: 2 });
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'command', name: 'order' });
  await alice.sees({ type: 'ask' });
  for (const text of ['one', 'two', 'three', 'four', 'five']) {
    expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
    const { id } = (await alice.sees({ type: 'message', text })) as { id: number };
    alice.says({ type: 'acknowledge', id });
  }
});

test('questions right after the login do not mix up the answers to commands', async () => {
  await using server = await startServer({ greeter });
  await server.registers('alice');
  const alice = server.connectJson();
  alice.says({ type: 'login', request: 'login', name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'welcome', request: 'login' });
  await alice.seesToken();
  expect(await alice.sees({ type: 'ask' })).toEqual({ type: 'ask', question: 'rules', because: '' });
  alice.says({ type: 'answer', request: 1, text: 'not yet' });
  await alice.sees({ type: 'ask', question: 'rules' });
  alice.says({ type: 'answer', request: 2, text: 'read' });
  alice.says({ type: 'command', request: 3, name: 'who' });
  await alice.sees({ type: 'answer', request: 3, text: 'alice' });
});

test('a client that cancels a question right after the login is logged in', async () => {
  await using server = await startServer({ greeter });
  await server.registers('alice');
  const alice = server.connectJson();
  alice.says({ type: 'login', name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'welcome' });
  await alice.seesToken();
  await alice.sees({ type: 'ask' });
  alice.says({ type: 'cancel', request: 1 });
  alice.says({ type: 'command', request: 2, name: 'who' });
  await alice.sees({ type: 'answer', request: 2, text: 'alice' });
  expect(server.failures).toEqual([]);
});

test('a plugin’s question during a login does not drop the password sent with it', async () => {
  await using server = await startServer({ invited });
  const alice = server.connectJson();
  alice.says({ type: 'register', request: 1, name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'ask', request: 1, question: 'invitation password' });
  alice.says({ type: 'answer', request: 2, text: 'sesame' });
  // A new user logs in after registering, and so is asked again.
  await alice.sees({ type: 'ask', request: 2, question: 'invitation password' });
  alice.says({ type: 'answer', request: 3, text: 'sesame' });
  await alice.sees({ type: 'welcome', request: 3, name: 'alice' });
});

describe('a client', () => {
  /** A conversation of alice's, with scripted answers. */
  function talk(server: TestServer, answers: (Step | undefined)[], more: Partial<Owner> = {}) {
    const asked: Ask[] = [];
    const { promise: online, resolve } = Promise.withResolvers<void>();
    const streams: ReturnType<TestServer['open']>[] = [];
    const conversation = new Conversation({
      open: overStream(() => {
        const stream = server.open();
        streams.push(stream);
        return stream;
      }),
      login: { name: 'alice', password: PASSWORD, register: true },
      owner: {
        async ask(question) {
          asked.push(question);
          return answers.shift();
        },
        state: ({ state }) => state === 'online' && resolve(),
        ...more,
      },
      clock: server.clock,
      random: () => 0,
    });
    conversation.start();
    onTestFinished(() => void conversation.close());
    return { conversation, asked, online, streams };
  }

  const answer = (text: string): Step => ({ type: 'answer', text });

  test('answers a command’s questions, and knows the command and which answers are secret', async () => {
    await using server = await startServer({ order });
    const { conversation, asked, online } = talk(server, [answer('small'), answer('1234')]);
    await online;
    const [ordered, who] = await Promise.all([conversation.command('order'), conversation.command('who')]);
    expect([ordered.text, who.text]).toEqual(['small pizza, paid with 1234', 'alice']);
    expect(asked).toEqual([
      { question: 'size', because: '', command: 'order' },
      { question: 'card', because: 'payment', secret: true, command: 'order' },
    ]);
  });

  test.each([
    ['has no answer', {}],
    ['takes no questions', { ask: undefined as never }],
  ])('whose owner %s cancels the command, and goes on', async (_, more) => {
    await using server = await startServer({ order });
    const { conversation, online } = talk(server, [], more);
    await online;
    await expect(conversation.command('order')).rejects.toMatchObject({ reason: 'cancelled', about: 'order' });
    expect((await conversation.command('who')).text).toBe('alice');
  });

  test('that loses its connection during a question notifies its owner, and goes on', async () => {
    await using server = await startServer({ order });
    const { promise: asked, resolve } = Promise.withResolvers<AbortSignal>();
    const never = new Promise<undefined>(() => {});
    const { conversation, online, streams } = talk(server, [], {
      ask(_, gone) {
        resolve(gone);
        return never;
      },
    });
    await online;
    const ordered = conversation.command('order');
    const gone = await asked;
    expect(gone.aborted).toBe(false);
    streams[0]?.destroy();
    await expect(ordered).rejects.toMatchObject({ reason: 'lost', about: 'order' });
    expect(gone.aborted).toBe(true);
    server.clock.advance(1);
    expect((await conversation.command('who')).text).toBe('alice');
  });

  test('is asked right after the login, before its commands are answered', async () => {
    await using server = await startServer({ greeter });
    const { conversation, asked, online } = talk(server, [answer('no'), answer('read')]);
    await online;
    const [who, sent] = await Promise.all([conversation.command('who'), conversation.message(['alice'], 'to myself')]);
    expect([who.text, sent.text]).toEqual(['alice', 'sent:']);
    // The client's own requests crossed the first question, and are not lost.
    expect(conversation.online).toEqual(['alice']);
    expect(conversation.commands).not.toEqual([]);
    expect(asked).toEqual([
      { question: 'rules', because: '' },
      { question: 'rules', because: '' },
    ]);
  });

  test('answers a plugin during the login, and keeps that answer apart from its password', async () => {
    await using server = await startServer({ invited });
    const { conversation, online, asked, streams } = talk(server, Array(4).fill(answer('sesame')));
    await online;
    await conversation.command('who');
    streams[0]?.destroy();
    await expect.poll(() => conversation.state.state).toBe('lost');
    server.clock.advance(1);
    expect((await conversation.command('who')).text).toBe('alice');
    expect(new Set(asked.map(({ question }) => question))).toEqual(new Set(['invitation password']));
  });
});
