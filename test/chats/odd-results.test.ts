import {
  admit,
  askPassword,
  defineCommand,
  definePlugin,
  type HookName,
  type PhaseName,
  refuse,
  reply,
} from 'chatserv';
import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { allPhases } from '../../src/host/hook-table.ts';

/** A plugin in plain JavaScript, whose result no compiler has checked. */
function returning(hook: HookName, phase: PhaseName, result: () => unknown) {
  return definePlugin({
    name: 'odd',
    summary: 'Returns what it likes',
    setup: () => ({ hooks: { [hook]: { [phase]: { order: 'pre', handler: result } } } }),
  });
}

const warningsOf = (server: TestServer) => server.failures.map(({ text }) => text);

/** Logs in after one wrong password, sends a message and leaves: every hook runs, and none refuses. */
async function chats(server: TestServer): Promise<void> {
  const bob = await server.returns('bob');
  const alice = server.connect('alice');
  await alice.says('alice', 'a wrong one', PASSWORD, 'whoelse', 'message bob hello');
  await alice.seesInOrder('password', 'password', 'welcome', 'bob', 'sent:');
  await bob.hears('alice', 'hello');
  await alice.logsOut();
  const program = server.connectJson();
  await program.logsIn('alice', PASSWORD);
  program.says({ type: 'message', to: ['ghost'], text: 'once', key: 'k', again: true });
  await program.sees({ type: 'answer', text: 'sent:ghost' });
  await program.closes();
  await bob.logsOut();
}

const RESULTS: readonly (readonly [string, unknown])[] = [
  ['false', false],
  ['true', true],
  ['0', 0],
  ['an object with kind', { kind: 'refuse' }],
  ['an object with kind, seconds', { kind: 'blocked', seconds: 'ten' }],
  ['an object with kind, because', { kind: 'username', because: 'I say so' }],
  ['an object with kind, account', { kind: 'admit', account: 'alice' }],
  [
    'an object with kind, account, deviceName',
    { kind: 'admit', account: { id: 1, name: 'alice' }, deviceName: 'My Phone' },
  ],
  ['an object with kind, account', { kind: 'password', account: { name: 'alice' } }],
];

describe('an invalid result decides nothing, and is logged once', () => {
  const deciding = allPhases().filter(({ phase }) => phase !== 'observe');
  test.each(deciding)('in $hook, $phase', async ({ hook, phase }) => {
    for (const [shown, result] of RESULTS) {
      await using server = await startServer({ odd: returning(hook, phase, () => result) }, { passwordAttempts: 9 });
      await server.registers('alice', 'bob');
      await chats(server);
      await chats(server);
      expect(warningsOf(server)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^${hook} of plugin 'odd' returned ${shown}, which is not a decision: allowed .*is (nothing|.* or undefined)$`,
          ),
        ),
      ]);
    }
  });

  test.each<[HookName, unknown, string, string]>([
    ['onUsername', admit({ id: 1, name: 'alice' }), 'an object with kind, account', 'askUsername'],
    ['onUsername', askPassword({ id: 1, name: 'alice' }), 'an object with kind, account', 'askUsername'],
    ['onPassword', 'right', 'a string', "'wrong', 'again'"],
    ['onCommand', 'an answer', 'a string', 'refuse'],
  ])('what lets somebody in, or answers, is no decision of a guard: %s', async (hook, result, shown, allowed) => {
    const guard = definePlugin({
      name: 'guard',
      summary: 'Decides more than it may',
      setup: () => ({ hooks: { [hook]: { guard: () => result } } }),
    });
    await using server = await startServer({ guard }, { passwordAttempts: 9 });
    await server.registers('alice', 'bob');
    await chats(server);
    expect(warningsOf(server)).toEqual([
      expect.stringContaining(
        `${hook} of plugin 'guard' returned ${shown}, which is not a decision: allowed to a guard is ${allowed}`,
      ),
    ]);
  });

  test('a string is not logged: it may be a message or a password', async () => {
    await using server = await startServer({ odd: returning('onMessage', 'guard', () => 'a private remark') });
    await server.registers('alice', 'bob');
    await chats(server);
    expect(warningsOf(server)).toEqual([
      "onMessage of plugin 'odd' returned a string, which is not a decision: allowed to a guard is refuse(reason) or undefined",
    ]);
  });

  test('a promise from onDeliver or onDelivered is invalid and not awaited, and its rejection is a failure', async () => {
    for (const [hook, phase] of [
      ['onDeliver', 'guard'],
      ['onDelivered', 'observe'],
    ] as const) {
      const rejects = () => Promise.reject(new Error('too late'));
      await using server = await startServer({ odd: returning(hook, phase, rejects) });
      await server.registers('alice', 'bob');
      await chats(server);
      const allowed = hook === 'onDeliver' ? "'drop', 'hold' or undefined" : 'nothing, and no promise';
      expect(warningsOf(server)).toEqual([
        `${hook} of plugin 'odd' returned a promise, which is not a decision: allowed is ${allowed}`,
        `${hook} of plugin 'odd' failed`,
      ]);
    }
  });

  test("of hooks that only watch the result is nobody's business", async () => {
    for (const hook of ['onLogin', 'onDisconnect', 'onDelivered'] as const) {
      await using server = await startServer({ odd: returning(hook, 'observe', () => true) });
      await server.registers('alice', 'bob');
      await chats(server);
      expect(warningsOf(server)).toEqual([]);
    }
  });
});

/** Commands `say0`, `say1`, ... that answer with the given values. */
function answering(answers: readonly unknown[]) {
  return definePlugin({
    name: 'odd',
    summary: 'Answers what it likes',
    setup: () => ({
      commands: answers.map((answer, index) => ({
        name: `say${index}`,
        summary: 'Answers',
        run: () => answer as string,
      })),
    }),
  });
}

describe('a command with an invalid answer', () => {
  test('is answered error:internal, and the session goes on', async () => {
    const odd = [5, true, false, ['a', 7], {}, { kind: 'reply', text: 'a' }, { kind: 'reply', text: 5, facts: {} }];
    await using server = await startServer({ odd: answering(odd) });
    const alice = await server.joins('alice');
    for (const index of odd.keys()) expect(await alice.asks(`say${index}`)).toBe(`error:internal:say${index}`);
    expect(await alice.asks('who')).toBe('alice');
    expect(server.failures).toHaveLength(odd.length);
    expect(server.failures[0]).toMatchObject({
      level: 'error',
      text: "command 'say0' of plugin 'odd' failed",
      facts: {
        err: new TypeError(
          'it returned 5; expected a line or a list of lines, reply(line, facts), refuse(reason) or undefined',
        ),
      },
    });
  });

  test('and so is one with facts that JSON cannot represent', async () => {
    await using server = await startServer({ odd: answering([reply('big', { number: 1n }), 'small']) });
    await server.registers('alice');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    alice.says('{"type":"command","name":"say0","text":"","request":1}');
    await alice.sees({ type: 'error', reason: 'internal', about: 'say0', request: 1 });
    alice.says('{"type":"command","name":"say1","text":"","request":2}');
    await alice.sees({ type: 'answer', text: 'small', request: 2 });
    expect(warningsOf(server)).toEqual(["the answer of command 'say0' cannot be sent"]);
    const bob = await server.joins('bob');
    expect(await bob.asks('say0')).toBe('big');
  });
});

describe('a refusal with a sentence as its reason', () => {
  const SENTENCE = 'You may not do this: it is late';

  async function refused(
    hook: HookName,
    phase: PhaseName,
    plays: (server: TestServer, alice: LineClient) => Promise<void>,
  ) {
    let late = false;
    const odd = returning(hook, phase, () => (late ? refuse(SENTENCE) : undefined));
    await using server = await startServer({ odd });
    await server.registers('bob');
    const alice = await server.joins('alice');
    late = true;
    await plays(server, alice);
    await plays(server, alice);
    expect(warningsOf(server)).toEqual([
      `${hook} of plugin 'odd' refuses with a reason that is not one word of letters, digits and hyphens: clients are sent 'denied'`,
    ]);
  }

  test('is sent as a word that clients can parse', async () => {
    await refused('onMessage', 'guard', async (_server, alice) => {
      expect(await alice.asks('message bob hi')).toBe('error:denied:message');
    });
    await refused('onCommand', 'decide', async (_server, alice) => {
      expect(await alice.asks('who')).toBe('error:denied:who');
    });
    await refused('onConnect', 'guard', async (server) => {
      const client = server.connect();
      await client.sees('closing:denied');
      await client.isClosed();
    });
  });

  test('from a command too, and a valid word is unchanged', async () => {
    const reasons = [SENTENCE, '', 'a:b', 'two words', 'not_now', 'tooLate', '2-late'];
    await using server = await startServer({ odd: answering(reasons.map((reason) => refuse(reason))) });
    const alice = await server.joins('alice');
    const said = ['denied', 'denied', 'denied', 'denied', 'not_now', 'tooLate', '2-late'];
    for (const [index, word] of said.entries()) {
      expect(await alice.asks(`say${index}`)).toBe(`error:${word}:say${index}`);
    }
  });

  test('from a plugin that closes a session', async () => {
    const shut = defineCommand({
      name: 'shut',
      summary: 'Closes the session',
      run({ session }) {
        session.close(SENTENCE);
      },
    });
    await using server = await startServer({ shut });
    const alice = await server.joins('alice');
    expect(await alice.asks('shut')).toBe('closing:denied');
    await alice.isClosed();
  });
});

test('a thenable that throws is a failure of the plugin that returned it', async () => {
  const thenable = {
    // biome-ignore lint/suspicious/noThenProperty: the test needs a thenable
    then() {
      throw new Error('no promise at all');
    },
  };
  await using server = await startServer({ odd: returning('onMessage', 'transform', () => thenable) });
  await server.registers('bob');
  const alice = await server.joins('alice');
  expect(await alice.asks('message bob hi')).toBe('error:internal:message');
  // Nothing waits for it any more: the time limit of a handler passes without effect.
  server.clock.advance(60);
  expect(server.failures.map(({ facts }) => (facts.err as Error).message)).toEqual(['no promise at all']);
  expect(await alice.asks('who')).toBe('alice');
});

test('an error with a throwing getter is a failure like any other', async () => {
  const fail = () => {
    throw new Error('nothing to be read');
  };
  const hostile = [
    Object.defineProperty(new Error('a'), 'message', { get: fail }),
    Object.defineProperty(new Error('b'), 'more', { get: fail, enumerable: true }),
    new Proxy({}, { getPrototypeOf: fail, get: fail, ownKeys: fail }),
  ];
  let next = 0;
  const throwing = () => {
    throw hostile[next++];
  };
  await using server = await startServer({ odd: returning('onMessage', 'transform', throwing) });
  await server.registers('bob');
  const alice = await server.joins('alice');
  for (const _ of hostile) expect(await alice.asks('message bob hi')).toBe('error:internal:message');
  expect(warningsOf(server)).toEqual(hostile.map(() => "onMessage of plugin 'odd' failed"));
  expect(await alice.asks('who')).toBe('alice');
});

describe('a handler whose question the client leaves unanswered', () => {
  test('fails if it asked another client, and its own session goes on', async () => {
    const quiz = definePlugin({
      name: 'quiz',
      summary: 'Asks somebody else',
      setup: ({ server }) => ({
        commands: [
          {
            name: 'quiz',
            summary: 'Asks bob',
            run: () => [...server.sessions()].find(({ account }) => account?.name === 'bob')?.ask('riddle'),
          },
        ],
      }),
    });
    await using server = await startServer({ quiz });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await alice.says('quiz');
    await bob.sees('riddle');
    await bob.closes();
    await alice.sees('error:internal:quiz');
    expect(await alice.asks('who')).toBe('alice');
  });

  test('does not stop later handlers when the client is gone', async () => {
    const asks = definePlugin({
      name: 'asks',
      summary: 'Asks who has gone',
      setup: () => ({
        hooks: {
          onDisconnect: {
            observe: {
              order: 'pre',
              async handler(session) {
                await session.ask('why');
                return undefined;
              },
            },
          },
        },
      }),
    });
    const gone: string[] = [];
    const notes = definePlugin({
      name: 'notes',
      summary: 'Notes who has gone',
      setup: () => ({
        hooks: {
          onDisconnect({ account }) {
            if (account) gone.push(account.name);
            return undefined;
          },
        },
      }),
    });
    await using server = await startServer({ asks, notes });
    const alice = await server.joins('alice');
    const bob = await server.joins('bob');
    await bob.logsOut();
    await alice.asksUntil('who', 'alice');
    expect(gone).toEqual(['bob']);
    expect(server.failures).toEqual([]);
  });
});

test('a client that sends a login to a command’s question stays logged in', async () => {
  const quiz = defineCommand({
    name: 'quiz',
    summary: 'Asks a riddle',
    run: async ({ session }) => `it is ${await session.ask('riddle')}`,
  });
  await using server = await startServer({ quiz });
  await server.registers('alice');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'command', name: 'quiz', text: '' });
  await alice.sees({ type: 'ask', question: 'riddle' });
  alice.says({ type: 'login', name: 'bob', password: PASSWORD });
  await alice.sees({ type: 'error', reason: 'unexpected', about: 'login' });
  alice.says({ type: 'answer', text: 'an egg' });
  await alice.sees({ type: 'answer', text: 'it is an egg' });
  expect(server.failures).toEqual([]);
});
