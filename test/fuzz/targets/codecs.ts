import { deepStrictEqual, doesNotMatch, match, ok } from 'node:assert/strict';
import type { Codec, CodecState, Input, Output, Session } from 'chatserv';
import classic from '../../../plugins/codecs/classic.ts';
import json from '../../../plugins/codecs/json.ts';
import line from '../../../plugins/codecs/line.ts';
import type { LineRead } from '../../../src/api/codec.ts';
import { textIn, withoutControls } from '../../../src/api/message.ts';
import type { SetupContext } from '../../../src/host/define.ts';
import { Framer } from '../../../src/wire/framing.ts';
import type { Target } from '../engine.ts';
import { command, jsonLine, text } from '../grammar.ts';
import { asInput } from '../input.ts';
import { isReceived } from '../schema.ts';

const QUESTIONS = [undefined, 'username', 'password', 'register', 'new-password', 'new-password-again', "a plugin's"];
const ACCOUNT = { id: 1, name: 'alice' };

/** The codecs as their plugins contribute them. */
const CODECS = (
  await Promise.all([line, classic, json].map((plugin) => plugin.setup({} as SetupContext<unknown>)))
).flatMap((contributions) => contributions?.codecs ?? []);

/**
 * Whatever line comes, each codec decodes something and throws nothing; and whatever a plugin answers, each encodes it as
 * lines of well-formed text without control characters, of which none looks like a message. JSON lines fit the published
 * schema and repeat the request.
 */
export const codecs: Target = {
  name: 'codecs',
  code: /\/codecs\/[\w-]+\.ts$/,
  batch: 50,
  make: (random) =>
    asInput(
      random.some(8, () => random.pick([jsonLine, command, text])(random)),
      random,
    ),
  try(input) {
    const framer = new Framer(4096);
    for (const segment of input) framer.push(segment);
    const open = CODECS.map((codec) => ({ codec, state: codec.open({} as Session) }));
    for (let read = framer.next(), turn = 0; read !== undefined; read = framer.next(), turn++) {
      const said = 'text' in read ? read.text : read.fault;
      for (const { codec, state } of open) {
        if ('text' in read) codec.claims?.(read.text);
        const [input, ...more] = state.decode(read, QUESTIONS[turn % QUESTIONS.length]);
        ok(input !== undefined, 'nothing decoded');
        if (codec.name === 'json') encodesJson(state, read, input, said, turn);
        else encodesLines(state, said, [input, ...more]);
        isMessage(codec, said);
      }
    }
  },
};

function encodesLines(state: CodecState, said: string, inputs: readonly Input[]): void {
  for (const { kind } of inputs) ok(['answer', 'command', 'invalid', 'poll'].includes(kind), kind);
  areLines(state.encode({ kind: 'answer', command: 'x', reply: said }), 1);
  areLines(state.encode({ kind: 'answer', command: 'x', reply: [said, said] }), 3);
  areLines(state.encode({ kind: 'error', reason: said, about: said }), 1);
  areLines(state.encode({ kind: 'closing', reason: said }), 1);
  areLines(state.encode({ kind: 'ask', question: said || 'x', because: said }), 1);
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

function encodesJson(state: CodecState, read: LineRead, input: Input, said: string, turn: number): void {
  if (input.kind === 'acknowledge') ok(input.id >= 0);
  else {
    const answer = isReceivedLine(state.encode({ kind: 'error', reason: said, about: said }));
    deepStrictEqual(answer.request, requestOf(read));
  }
  const unasked: readonly Output[] = [
    { kind: 'answer', command: said, reply: [said], facts: { said } },
    { kind: 'ask', question: said, because: said },
    { kind: 'welcome', account: { id: 1, name: said } },
    { kind: 'closing', reason: said },
  ];
  const event = isReceivedLine(state.encode(unasked[turn % unasked.length] as Output));
  ok(!('request' in event), 'a request is repeated once');
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

function isMessage(codec: Codec, said: string): void {
  const message = {
    id: 1,
    room: 1,
    kind: 'message',
    seq: 0,
    roomName: '',
    reply: undefined,
    from: ACCOUNT,
    ...textIn(said),
    time: 1e12,
    repeat: false,
  };
  const bytes = codec.message({ ...message, audience: { group: 'everyone' } }, '');
  ok(typeof bytes === 'string', 'a message in two parts');
  if (codec.name === 'json') isReceivedLine(bytes);
  else match(bytes, /^\[[^\]\n]*\] alice: [^\n]*\n$/);
}
