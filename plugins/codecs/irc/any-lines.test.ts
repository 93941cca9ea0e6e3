import { startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../test/support/irc-client.ts';
import { COMMANDS } from './commands/index.ts';

/** The commands that end a conversation. */
const ENDING = new Set(['QUIT', 'KILL']);

const words = ['#lab', '#tea', '&everyone', 'alice', 'bob', 'nobody', '*', '', '+b', '-o', '+kl-i', '0', '5', '@#lab'];
const texts = ['hello', ' ', ':)', '\u0001ACTION waves\u0001', '\u0003,4x', 'é'.repeat(300), 'msgid=1', 'timestamp=x'];
const tags = ['', '@label=1 ', '@batch=x ', '@+draft/reply=1;label=2 ', '@time=1;=;;a=\\ '];

const param = fc.oneof(
  fc.constantFrom(...words),
  fc.constantFrom(...texts),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const command = fc.constantFrom(...Object.keys(COMMANDS).filter((name) => !ENDING.has(name)), 'FROB', '421', '');
const line = fc
  .record({ tag: fc.constantFrom(...tags), name: command, params: fc.array(param, { maxLength: 5 }) })
  .map(({ tag, name, params }) => `${tag}${name} ${params.slice(0, -1).join(' ')} :${params.at(-1) ?? ''}`)
  .map((text) => text.replace(/[\0\r\n]/g, '?').slice(0, 450));

test('whatever clients say, the server answers on, and nothing of it fails', { timeout: 60_000 }, async () => {
  const unlimited = { linesPerSecond: 0, bytesPerSecond: 0 };
  await using server = await startServer({ irc: { name: 'irc.example' }, edits: true, history: true }, unlimited);
  const capabilities = ['batch', 'message-tags', 'labeled-response', 'echo-message', 'server-time', 'multi-prefix'];
  const alice = await IrcClient.joins(server, 'alice', [...capabilities, 'draft/multiline', 'extended-join']);
  const bob = await IrcClient.joins(server, 'bob');
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 20, maxLength: 60 }), fc.array(line), async (said, answered) => {
      await Promise.all([alice.asks(...said), bob.asks(...answered)]);
      expect(server.failures).toEqual([]);
    }),
    { numRuns: 30, seed: 20, endOnFailure: true },
  );
});

test('whatever a client says before its login, the server answers on', { timeout: 60_000 }, async () => {
  await using server = await startServer({ irc: { name: 'irc.example' } }, { loginLines: 1000, linesPerSecond: 0 });
  const early = fc.constantFrom('CAP', 'NICK', 'USER', 'PASS', 'AUTHENTICATE', 'PING', 'PONG', 'JOIN', 'BATCH');
  const said = fc.constantFrom(
    'LS',
    'LS 302',
    'REQ :sasl',
    'REQ :-x',
    'END',
    'PLAIN',
    '*',
    '+',
    'Zm9v',
    'alice',
    'a!b 0 * :x',
  );
  const beginning = fc
    .tuple(early, fc.oneof(said, param))
    .map(([name, rest]) => `${name} ${rest}`.replace(/[\0\r\n]/g, '?'));
  await fc.assert(
    fc.asyncProperty(fc.array(beginning, { maxLength: 30 }), async (lines) => {
      const client = IrcClient.connect(server);
      for (const one of lines) client.says(one);
      client.says('QUIT');
      const read = await client.ends();
      expect(read.at(-1)).toMatch(/^ERROR /);
      expect(server.failures).toEqual([]);
    }),
    { numRuns: 60, seed: 20, endOnFailure: true },
  );
});
