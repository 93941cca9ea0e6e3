import type { Dialect, Heard, Question, Speaker, Utterance } from '../kernel/dialect.ts';
import type { LineRead } from '../kernel/framing.ts';
import type { Message } from '../kernel/message.ts';
import { withoutControls } from '../kernel/message.ts';
import { json } from './json.ts';

/** Questions that nobody puts into words: the client speaks first, and knows that a new password wants two lines. */
const SILENT = new Set(['username start', 'new-password-again']);

/** The plain dialect, one line an utterance, as docs/protocol.md has it. `nc` speaks it. */
export const line: Dialect = {
  name: 'line',
  // No user name can begin so.
  forFirstLine: (first) => (first.startsWith('{') ? json : undefined),
  open: () => speaker,
  message({ time, from, text }: Message): string {
    return `[${stamp(time)}] ${from.name}: ${text}\n`;
  },
};

/** It remembers nothing, so that all connections share one. */
const speaker: Speaker = {
  hear: hearLine,
  say: sayLine,
};

/** What a plain line says. One that is too long or not UTF-8 answers a question with nothing, which is never right. */
export function hearLine(line: LineRead, question: Question | undefined): Heard {
  if (question !== undefined) return { kind: 'answer', text: 'text' in line ? line.text : '' };
  if ('fault' in line) return { kind: 'wrong', reason: 'line', about: line.fault };
  const { text } = line;
  const blank = text.indexOf(' ');
  if (blank < 0) return { kind: 'command', word: text, rest: '' };
  return { kind: 'command', word: text.slice(0, blank), rest: text.slice(blank + 1) };
}

/** What is said, in a plain line or lines. */
export function sayLine(utterance: Utterance): string {
  switch (utterance.kind) {
    case 'ask':
      return question(utterance.question, utterance.because);
    case 'welcome':
      return lineOf('welcome');
    case 'answer':
      return typeof utterance.reply === 'string'
        ? lineOf(utterance.reply)
        : [...utterance.reply, `end:${utterance.command}`].map(lineOf).join('');
    case 'error':
      return lineOf(`error:${utterance.reason}:${utterance.about}`);
    case 'blocked':
      return lineOf(utterance.after === 'username' ? `blocked:${utterance.seconds}` : String(utterance.seconds));
    case 'event':
    case 'ready':
      return '';
    case 'closing':
      return utterance.reason === 'goodbye' || utterance.reason === 'timeout'
        ? lineOf(utterance.reason)
        : lineOf(`closing:${utterance.reason}`);
  }
}

function question(name: string, because: string): string {
  if (SILENT.has(because === '' ? name : `${name} ${because}`)) return '';
  if (name === 'username') return lineOf(because);
  if (name === 'new-password') return lineOf(because === '' ? 'password' : `password:${because}`);
  return lineOf(name);
}

/** What is no message is one line, and never begins as a message does, whatever words a plugin put into it. */
function lineOf(text: string): string {
  const clean = withoutControls(text);
  return clean.startsWith('[') ? ` ${clean}\n` : `${clean}\n`;
}

/** The second that a stamp was last made for: messages come many to a second. */
let stamped = { second: Number.NaN, text: '' };

/** UTC to the second, as RFC 3339 writes it. */
function stamp(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== stamped.second) stamped = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return stamped.text;
}
