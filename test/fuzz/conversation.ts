import { deepStrictEqual, match, ok } from 'node:assert/strict';
import type { LineRead } from '../../src/api/codec.ts';
import { Framer } from '../../src/wire/framing.ts';
import { isReceived } from './schema.ts';

const LINE_BYTES = 4096;

/** What a client's bytes say, a line each. */
export function linesOf(bytes: Buffer): LineRead[] {
  const framer = new Framer(LINE_BYTES);
  framer.push(bytes);
  const lines: LineRead[] = [];
  for (let line = framer.next(); line !== undefined; line = framer.next()) lines.push(line);
  return lines;
}

/** The lines that a server sent. @throws when they are not whole lines of UTF-8 without control characters */
export function cleanLines(bytes: Buffer): string[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  ok(!/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/.test(text), `a control character in ${JSON.stringify(text)}`);
  const lines = text.split('\n');
  deepStrictEqual(lines.pop(), '', 'a line without its end');
  return lines;
}

/** Pushed messages stand in lines that begin with `[`, and no other line does. @returns the other lines */
export function withoutMessages(lines: readonly string[]): string[] {
  for (const line of lines) if (line.startsWith('[')) match(line, /^\[[\w:-]+\] [^\s:[\]]+: /);
  return lines.filter((line) => !line.startsWith('['));
}

/** What the server waits for on plain lines, as docs/protocol.md has it. */
type Waits = 'username' | 'register' | 'new-password' | 'again' | 'password' | 'command' | 'nothing';

/** A form of the answer, and what the server waits for after it. */
type Answers = readonly (readonly [RegExp, Waits])[];

const DIALOGUE: Readonly<Record<Exclude<Waits, 'command' | 'nothing'>, Answers>> = {
  username: [
    [/^password$/, 'password'],
    [/^register$/, 'register'],
    [/^(username|connected)$/, 'username'],
    [/^blocked:[1-9]\d*$/, 'nothing'],
  ],
  register: [
    [/^password$/, 'new-password'],
    [/^username$/, 'username'],
  ],
  'new-password': [],
  again: [
    [/^password(:[\w-]+)?$/, 'new-password'],
    [/^(registered|username)$/, 'username'],
  ],
  password: [
    [/^welcome$/, 'command'],
    [/^password$/, 'password'],
    [/^connected$/, 'username'],
    [/^(blocked:)?[1-9]\d*$/, 'nothing'],
  ],
};

/** Commands that are answered with several lines. */
const SEVERAL: ReadonlySet<string> = new Set([
  'help',
  'history',
  'reactions',
  'devices',
  'unread',
  'conversations',
  'invitations',
  'delete-account',
  'reports',
  'room-held',
  'room-log',
]);

/** Events that answer no line. */
const PUSHED: ReadonlySet<string> = new Set(['message', 'entry', 'token', 'unread', 'marker', 'notify', 'left']);

/** Holds the answers on plain lines against the lines. @throws when one is missing, too many, or none of those that may be */
export function judgePlain(lines: readonly LineRead[], said: readonly string[]): void {
  // Who sends too much is told so, and answered no more.
  const over = /^closing:too-(many-lines|fast)$/.test(said.at(-1) ?? '');
  const answers = over ? said.slice(0, -1) : said;
  let waits: Waits = 'username';
  let at = 0;
  let secret = '';
  for (const line of lines) {
    const text = 'text' in line ? line.text : '';
    if (waits === 'nothing') break;
    if (waits === 'new-password') {
      secret = text;
      waits = 'again';
      continue;
    }
    const answer = answers[at++];
    if (answer === undefined && over) return;
    ok(answer !== undefined, `no answer to ${JSON.stringify(line)}, ${waits}`);
    if (waits === 'command') {
      const [word = ''] = text.split(' ', 1);
      if ('fault' in line) deepStrictEqual(answer, `error:line:${line.fault}`);
      if (SEVERAL.has(word) && !answer.startsWith('error:')) {
        for (let line: string | undefined = answer; line !== `end:${word}`; line = answers[at++])
          ok(at < answers.length);
      }
      if (word === 'logout' && answer === 'goodbye') waits = 'nothing';
      continue;
    }
    const next: Waits | undefined = DIALOGUE[waits].find(([form]) => form.test(answer))?.[1];
    ok(next !== undefined, `${waits}: ${JSON.stringify(line)} was answered ${JSON.stringify(answer)}`);
    if (waits === 'register') deepStrictEqual(answer, text === 'y' ? 'password' : 'username');
    if (waits === 'again' && text !== secret) deepStrictEqual(answer, 'password');
    waits = next;
  }
  deepStrictEqual(answers.slice(at), [], 'answers to nothing');
}

/** Holds the events of JSON against the lines: each line but an acknowledgement has one answer. */
export function judgeJson(lines: readonly LineRead[], said: readonly string[]): void {
  const events = said.map((line) => JSON.parse(line) as { type: string });
  for (const event of events) isReceived(event);
  const answers = events.map(({ type }) => type).filter((type) => !PUSHED.has(type));
  const asked = lines.filter((line) => !isAcknowledgement(line)).length;
  const over = answers.findIndex((type) => type === 'closing' || type === 'blocked');
  if (over < 0) deepStrictEqual(answers.length, asked, `${asked} lines, ${answers.length} answers`);
  else ok(over === answers.length - 1 && answers.length <= asked, 'answers after the end');
}

function isAcknowledgement(line: LineRead): boolean {
  try {
    const event = 'text' in line ? JSON.parse(line.text) : undefined;
    return event?.type === 'acknowledge' && Number.isSafeInteger(event.id) && event.id >= 0;
  } catch {
    return false;
  }
}
