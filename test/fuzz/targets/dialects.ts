import { deepStrictEqual, doesNotMatch, match, ok } from 'node:assert/strict';
import { classic } from '../../../src/dialects/classic.ts';
import { json } from '../../../src/dialects/json.ts';
import { line } from '../../../src/dialects/line.ts';
import type { Dialect, Heard, Speaker, Utterance } from '../../../src/kernel/dialect.ts';
import { Framer, type LineRead } from '../../../src/kernel/framing.ts';
import { withoutControls } from '../../../src/kernel/message.ts';
import type { Target } from '../engine.ts';
import { command, jsonLine, text } from '../grammar.ts';
import { asInput } from '../input.ts';
import { isReceived } from '../schema.ts';

const QUESTIONS = [undefined, 'username', 'password', 'register', 'new-password', 'new-password-again', "a plugin's"];
const ACCOUNT = { id: 1, name: 'alice' };

/**
 * Whatever line comes, each dialect hears something of it and throws nothing; and whatever a plugin answers, each says
 * it in lines of well-formed text without control characters, of which none looks like a message. JSON lines fit the
 * published schema and say back the request.
 */
export const dialects: Target = {
  name: 'dialects',
  code: /\/dialects\/[\w-]+\.ts$/,
  batch: 50,
  make: (random) =>
    asInput(
      random.some(8, () => random.pick([jsonLine, command, text])(random)),
      random,
    ),
  try(input) {
    const framer = new Framer(4096);
    for (const segment of input) framer.push(segment);
    const speakers = [line, classic, json].map((dialect) => ({ dialect, speaker: dialect.open() }));
    for (let read = framer.next(), turn = 0; read !== undefined; read = framer.next(), turn++) {
      const said = 'text' in read ? read.text : read.fault;
      if ('text' in read) line.forFirstLine?.(read.text);
      for (const { dialect, speaker } of speakers) {
        const heard = speaker.hear(read, QUESTIONS[turn % QUESTIONS.length]);
        if (dialect === json) jsonSays(speaker, read, heard, said, turn);
        else plainSays(speaker, said, heard);
        isMessage(dialect, said);
      }
    }
  },
};

function plainSays(speaker: Speaker, said: string, heard: Heard): void {
  ok(heard.kind === 'answer' || heard.kind === 'command' || heard.kind === 'wrong', heard.kind);
  areLines(speaker.say({ kind: 'answer', command: 'x', reply: said }), 1);
  areLines(speaker.say({ kind: 'answer', command: 'x', reply: [said, said] }), 3);
  areLines(speaker.say({ kind: 'error', reason: said, about: said }), 1);
  areLines(speaker.say({ kind: 'closing', reason: said }), 1);
  areLines(speaker.say({ kind: 'ask', question: said || 'x', because: said }), 1);
}

function areLines(bytes: string, count: number): void {
  ok(bytes.isWellFormed(), 'not well-formed');
  const lines = bytes.split('\n');
  deepStrictEqual(lines.pop(), '');
  deepStrictEqual(lines.length, count);
  for (const one of lines) {
    deepStrictEqual(withoutControls(one), one);
    ok(!one.startsWith('['), 'it looks like a message');
  }
}

function jsonSays(speaker: Speaker, read: LineRead, heard: Heard, said: string, turn: number): void {
  if (heard.kind === 'acknowledge') ok(heard.id >= 0);
  else {
    const answer = isReceivedLine(speaker.say({ kind: 'error', reason: said, about: said }));
    deepStrictEqual(answer.request, requestOf(read));
  }
  const unasked: readonly Utterance[] = [
    { kind: 'answer', command: said, reply: [said], facts: { said } },
    { kind: 'ask', question: said, because: said },
    { kind: 'welcome', account: { id: 1, name: said } },
    { kind: 'closing', reason: said },
  ];
  const event = isReceivedLine(speaker.say(unasked[turn % unasked.length] as Utterance));
  ok(!('request' in event), 'a request is said back once');
}

function isReceivedLine(said: string): { readonly request?: unknown } {
  match(said, /^\{[^\n]*\}\n$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  doesNotMatch(said, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
  ok(said.isWellFormed(), 'not well-formed');
  const event = JSON.parse(said);
  isReceived(event);
  return event;
}

/** What a client that gives a request may expect to read in the answer, as docs/json.md has it. */
function requestOf(read: LineRead): unknown {
  try {
    const value = 'text' in read ? JSON.parse(read.text) : undefined;
    if (Array.isArray(value)) return undefined;
    const request = Object.entries((value as object) ?? {}).find(([key]) => key === 'request')?.[1];
    const fits = typeof request === 'string' ? request.length <= 64 : Number.isSafeInteger(request);
    if (!fits) return undefined;
    // JSON can be read as -0, but is written without the sign.
    return request === 0 ? 0 : request;
  } catch {
    return undefined;
  }
}

function isMessage(dialect: Dialect, said: string): void {
  const message = { id: 1, from: ACCOUNT, text: withoutControls(said), time: 1e12, repeat: false };
  const bytes = dialect.message({ ...message, audience: { group: 'everyone' } });
  if (dialect === json) isReceivedLine(bytes);
  else match(bytes, /^\[[^\]\n]*\] alice: [^\n]*\n$/);
}
