import { defineCommand, type ServerEvent } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { slowMemory } from '../support/slow-memory.ts';

describe('a program logs in', () => {
  test('with one request, or is asked for what is wrong with it', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const alice = server.connectJson();
    alice.says({ type: 'login', request: 1, name: 'nobody', password: PASSWORD });
    await alice.sees({ type: 'ask', request: 1, question: 'register', because: '' });
    alice.says({ type: 'login', request: 2, name: 'alice', password: 'wrong' });
    await alice.sees({ type: 'ask', request: 2, question: 'password', because: 'wrong' });
    alice.says({ type: 'login', request: 3, name: 'a:b', password: PASSWORD });
    await alice.sees({ type: 'ask', request: 3, question: 'username', because: 'username' });
    alice.says({ type: 'login', request: 4, name: 'ALICE', password: PASSWORD });
    await alice.sees({ type: 'welcome', request: 4, name: 'alice' });
    await alice.seesToken();
    await alice.seesNothing();
  });

  test('by registering; a known name is asked for its password', async () => {
    await using server = await startServer();
    const alice = server.connectJson();
    alice.says({ type: 'register', request: 1, name: 'alice', password: 'short' });
    await alice.sees({ type: 'ask', request: 1, question: 'new-password', because: 'too-short' });
    alice.says({ type: 'register', request: 2, name: 'alice', password: PASSWORD });
    await alice.sees({ type: 'welcome', request: 2, name: 'alice' });
    const bob = server.connectJson();
    bob.says({ type: 'register', request: 1, name: 'Alice', password: 'tea-at-five' });
    await bob.sees({ type: 'ask', question: 'username', because: 'username', reason: 'taken' });
    await alice.closes();
    bob.says({ type: 'register', request: 2, name: 'Alice', password: 'tea-at-five' });
    await bob.sees({ type: 'ask', request: 2, question: 'password', because: 'wrong' });
  });

  test('by answering questions one by one', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const alice = server.connectJson();
    alice.says({ type: 'answer', request: 'a', text: 'alice' });
    await alice.sees({ type: 'ask', request: 'a', question: 'password', because: '' });
    alice.says({ type: 'answer', request: 'b', text: PASSWORD });
    await alice.sees({ type: 'welcome', request: 'b' });
  });

  test('and reads of a block', async () => {
    await using server = await startServer();
    await server.registers('alice');
    for (const attempt of [1, 2, 3]) {
      const guesser = server.connectJson();
      guesser.says({ type: 'login', request: attempt, name: 'alice', password: `guess ${attempt}` });
      if (attempt < 3) await guesser.sees({ type: 'ask', question: 'password', because: 'wrong' });
      else await guesser.sees({ type: 'blocked', request: 3, seconds: 60 });
      await guesser.closes();
    }
    const late = server.connectJson();
    late.says({ type: 'login', name: 'alice', password: PASSWORD });
    await late.sees({ type: 'blocked', seconds: 60 });
    await late.isClosed();
  });
});

describe('a request', () => {
  test.each([
    ['no JSON', '{', { reason: 'json', about: 'line' }],
    ['no object', '{"type":"login"', { reason: 'json' }],
    ['a type that there is not', '{"type":"dance","request":7}', { reason: 'field', about: 'type', request: 7 }],
    ['a field that is missing', '{"type":"command","request":7}', { reason: 'field', about: 'name', request: 7 }],
    ['a field that is wrong', '{"type":"message","to":["a b"],"text":"x"}', { reason: 'field', about: 'to.0' }],
    ['a login when it is logged in', '{"type":"login","name":"a","password":"b"}', { reason: 'unexpected' }],
    ['an answer to nothing', '{"type":"answer","text":"b"}', { reason: 'unexpected', about: 'answer' }],
    ['too long a line', `{"x":"${'y'.repeat(5000)}"}`, { reason: 'line', about: 'too-long' }],
  ])('%s is an error that says what is wrong, and the session lives on', async (_, line, error) => {
    await using server = await startServer();
    await server.registers('alice');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    alice.says(line);
    await alice.sees({ type: 'error', ...error });
    await alice.seesNothing();
  });

  test('may have unknown fields', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    alice.says('{"type":"command","name":"who","text":"","__proto__":{"x":1},"mood":"fine","request":"r"}');
    await alice.sees({ type: 'answer', request: 'r', command: 'who', text: 'alice', facts: { names: ['alice'] } });
  });
});

test('programs and people talk to each other', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'message', request: 1, to: ['bob', 'ghost'], text: 'hi\u0007 there' });
  await alice.sees({ type: 'answer', request: 1, text: 'sent:ghost', facts: { unknown: ['ghost'] } });
  await bob.hears('alice', 'hi there');
  alice.says({ type: 'message', request: 2, to: 'everyone', text: 'all' });
  await alice.sees({ type: 'answer', request: 2, command: 'broadcast' });
  await bob.hears('alice', 'all');
  await bob.says('message alice hello', 'broadcast to all');
  await bob.seesInOrder('sent:', 'sent:');
  const first = await alice.sees({ type: 'message', from: 'bob', audience: 'named', text: 'hello', repeat: false });
  const second = await alice.sees({ type: 'message', from: 'bob', audience: 'everyone', text: 'to all' });
  expect(idOf(second)).toBeGreaterThan(idOf(first));
});

test('pipelined requests are answered in order, each with its own id', async () => {
  await using server = await startServer();
  await server.registers('alice', 'bob');
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  for (let request = 1; request <= 50; request++) {
    if (request % 10 === 0) alice.says({ type: 'command', request, name: 'who', text: '' });
    else if (request % 7 === 0) alice.says(`{"type":"message","request":${request}}`);
    else alice.says({ type: 'message', request, to: ['bob'], text: `m${request}` });
  }
  for (let request = 1; request <= 50; request++) {
    if (request % 10 === 0) await alice.sees({ type: 'answer', request, command: 'who' });
    else if (request % 7 === 0) await alice.sees({ type: 'error', request, reason: 'field' });
    else await alice.sees({ type: 'answer', request, text: 'sent:' });
  }
  await alice.seesNothing();
});

describe('a retried message', () => {
  test('gets the first answer, and arrives once', async () => {
    await using server = await startServer();
    await server.registers('alice', 'carol');
    const bob = await server.joins('bob');
    const alice = server.connectJson();
    const token = await alice.logsIn('alice', PASSWORD);
    alice.says({ type: 'message', to: ['bob', 'carol', 'ghost'], text: 'hi', key: 'k1' });
    const { facts } = (await alice.sees({ type: 'answer', text: 'sent:ghost' })) as { facts: object };
    await bob.hears('alice', 'hi');
    const again = server.connectJson();
    await again.resumes(token);
    again.says({ type: 'message', to: ['bob', 'carol', 'ghost'], text: 'hi', key: 'k1', again: true });
    await again.sees({ type: 'answer', text: 'sent:ghost', facts });
    again.says({ type: 'message', to: ['bob'], text: 'new', key: 'k2', again: true });
    await again.sees({ type: 'answer', text: 'sent:' });
    await bob.hears('alice', 'new');
    await bob.seesNothing();
    const carol = await server.returns('carol');
    await carol.hears('alice', 'hi');
    await carol.seesNothing();
  });

  test('arrives once, also when the first copy is still being written', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let waits = false;
    await using server = await startServer({
      memory: false,
      slow: slowMemory(() => (waits ? promise : Promise.resolve())),
    });
    const bob = await server.joins('bob');
    await server.registers('alice');
    const alice = server.connectJson();
    const token = await alice.logsIn('alice', PASSWORD);
    waits = true;
    alice.says({ type: 'message', to: ['bob'], text: 'slowly', key: 'k' });
    const again = server.connectJson();
    again.says({ type: 'resume', token });
    again.says({ type: 'message', request: 1, to: ['bob'], text: 'slowly', key: 'k', again: true });
    await alice.sees({ type: 'closing', reason: 'replaced' });
    resolve();
    await again.sees({ type: 'welcome' });
    await again.seesToken();
    await again.sees({ type: 'answer', request: 1, text: 'sent:' });
    await bob.hears('alice', 'slowly');
    await bob.seesNothing();
  });

  test("another user's key is another key", async () => {
    await using server = await startServer();
    await server.registers('alice', 'bob');
    const carol = await server.joins('carol');
    const [alice, bob] = [server.connectJson(), server.connectJson()];
    await alice.logsIn('alice', PASSWORD);
    await bob.logsIn('bob', PASSWORD);
    alice.says({ type: 'message', to: ['carol'], text: 'from alice', key: 'k' });
    await alice.sees({ type: 'answer' });
    bob.says({ type: 'message', to: ['carol'], text: 'from bob', key: 'k', again: true });
    await bob.sees({ type: 'answer' });
    await carol.hears('alice', 'from alice');
    await carol.hears('bob', 'from bob');
  });
});

describe('acknowledgement', () => {
  test('unacknowledged messages are repeated at the next login, marked; acknowledged ones are not', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    await bob.says('message alice one', 'message alice two', 'message alice three');
    await bob.seesInOrder('sent:', 'sent:', 'sent:');
    const one = await alice.sees({ text: 'one', repeat: false });
    await alice.sees({ text: 'two', repeat: false });
    await alice.sees({ text: 'three', repeat: false });
    alice.says({ type: 'acknowledge', id: idOf(one) });
    await alice.seesNothing();
    await alice.closes();
    await bob.asksUntil('who', 'bob');
    await bob.says('message alice four');
    await bob.sees('sent:');

    const again = server.connectJson();
    await again.logsIn('alice', PASSWORD);
    await again.sees({ text: 'two', repeat: true });
    await again.sees({ text: 'three', repeat: true });
    const four = await again.sees({ text: 'four', repeat: false });
    again.says({ type: 'acknowledge', id: idOf(four) });
    await again.seesNothing();
    await again.closes();
    await bob.asksUntil('who', 'bob');
    const third = server.connectJson();
    await third.logsIn('alice', PASSWORD);
    await third.seesNothing();
  });

  test('a client that acknowledges nothing receives a limited number of messages, and the rest once it does', async () => {
    await using server = await startServer({}, { unacknowledged: 3 });
    await server.registers('alice');
    const bob = await server.joins('bob');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    for (let i = 1; i <= 8; i++) {
      await bob.says(`message alice ${i}`);
      await bob.sees('sent:');
    }
    await alice.sees({ text: '1' });
    await alice.sees({ text: '2' });
    const three = await alice.sees({ text: '3' });
    await alice.seesNothing();
    alice.says({ type: 'acknowledge', id: idOf(three) });
    for (const text of ['4', '5', '6']) await alice.sees({ text, repeat: false });
    await alice.seesNothing();
    alice.says({ type: 'acknowledge', id: 1_000_000 });
    for (const text of ['7', '8']) await alice.sees({ text });
    await bob.says('message alice live');
    await bob.sees('sent:');
    await alice.sees({ text: 'live' });
  });

  test('a client that acknowledges nothing receives a limited amount of text, and the rest once it does', async () => {
    await using server = await startServer({}, { outboxBytes: 10_000 });
    await server.registers('alice');
    const bob = await server.joins('bob');
    const texts = Array.from({ length: 8 }, (_, i) => `${i} ${'x'.repeat(4000)}`);
    for (const text of texts) {
      await bob.says(`message alice ${text}`);
      await bob.sees('sent:');
    }
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    let last = {} as ServerEvent;
    for (const text of texts.slice(0, 3)) last = await alice.sees({ text });
    await alice.seesNothing();
    alice.says({ type: 'acknowledge', id: idOf(last) });
    for (const text of texts.slice(3, 6)) await alice.sees({ text });
    await alice.seesNothing();
  });

  test('of ids that were never delivered has no effect', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    alice.says({ type: 'acknowledge', id: 1_000_000 });
    await alice.seesNothing();
    await alice.closes();
    await bob.asksUntil('who', 'bob');
    await bob.says('message alice hello');
    await bob.sees('sent:');
    const again = server.connectJson();
    await again.logsIn('alice', PASSWORD);
    await again.sees({ text: 'hello' });
  });
});

describe('a token', () => {
  test('resumes a session without a password, and replaces the lost connection', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const lost = server.connectJson();
    const token = await lost.logsIn('alice', PASSWORD);
    await bob.says('message alice one');
    await bob.sees('sent:');
    await lost.sees({ text: 'one' });
    // The server does not know yet that the connection is lost.
    const back = server.connectJson();
    const next = await back.resumes(token);
    await back.sees({ text: 'one', repeat: true });
    await lost.sees({ type: 'closing', reason: 'replaced' });
    await lost.isClosed();
    await bob.says('message alice two');
    await bob.sees('sent:');
    const two = await back.sees({ text: 'two', repeat: false });
    back.says({ type: 'acknowledge', id: idOf(two) });
    await back.seesNothing();
    await back.closes();
    const third = server.connectJson();
    await third.resumes(next);
    await third.seesNothing();
  });
});

function idOf(event: object): number {
  return (event as { id: number }).id;
}

test('a command without a reply is answered too, and each answer matches its line', async () => {
  const quiet = defineCommand({ name: 'quiet', summary: 'Says nothing', run: () => undefined });
  await using server = await startServer({ quiet });
  const alice = server.connectJson();
  alice.says({ type: 'register', name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'welcome' });
  await alice.seesToken();
  alice.says({ type: 'command', request: 1, name: 'quiet', text: '' });
  alice.says({ type: 'command', request: 2, name: 'who', text: '' });
  await alice.sees({ type: 'answer', request: 1, command: 'quiet', text: '' });
  await alice.sees({ type: 'answer', request: 2, command: 'who', text: 'alice' });
  const bob = await server.joins('bob');
  await bob.says('quiet', 'whoelse');
  await bob.seesInOrder('', 'alice');
});
