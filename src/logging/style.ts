import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { escapeUnseen, visible } from './unseen.ts';

/** How lines of the log are written: JSON for programs and for systemd's journal, text for people with colours or without. */
export type Style = 'json' | 'journal' | 'plain' | 'coloured';

/** How much is logged: lines of this level and of those after it. */
export const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type Level = (typeof LEVELS)[number];

/** What each level looks like, and what it is to the journal (RFC 5424, 6.2.1). */
const LOOKS: Readonly<
  Record<string, { readonly colour: 'gray' | 'green' | 'yellow' | 'red'; readonly priority: number }>
> = {
  debug: { colour: 'gray', priority: 7 },
  info: { colour: 'green', priority: 6 },
  warn: { colour: 'yellow', priority: 4 },
  error: { colour: 'red', priority: 3 },
};

/** A word that needs no quotes. */
const WORD = /^[^\s"=]+$/;

/** How this process' standard error is to be written. */
export function styleOf(stderr: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Style {
  if (stderr.isTTY) return stderr.hasColors() ? 'coloured' : 'plain';
  return isJournal(environment.JOURNAL_STREAM) ? 'journal' : 'json';
}

/** systemd names the device and inode of the stream that goes to its journal. */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}

/** A line of the log in a style. @param line a JSON object with `level`, `time`, `msg` and facts, and its line feed */
export function inStyle(line: string, style: Style): string {
  if (style === 'json') return escapeUnseen(line);
  const { level, time, msg, err, ...facts } = JSON.parse(line) as Line;
  const { colour = 'red', priority = 3 } = LOOKS[level] ?? {};
  if (style === 'journal') return `<${priority}>${escapeUnseen(line)}`;
  const coloured = (format: typeof colour, text: string) =>
    style === 'coloured' ? styleText(format, text, { validateStream: false }) : text;
  const { event: _said, ...rest } = facts;
  const words = Object.entries(rest).map(([key, value]) => `${coloured('gray', `${key}=`)}${shown(value)}`);
  const at = new Date(time).toTimeString().slice(0, 8);
  const head = [coloured('gray', at), coloured(colour, level.padEnd(5)), visible(msg), ...words].join(' ');
  // Deeper than any line of the log begins, so that no text can pass for one.
  const trace = (err?.stack ?? err?.message ?? '').split('\n').map((one) => `    ${visible(one.trim())}\n`);
  return `${head}\n${err === undefined ? '' : trace.join('')}`;
}

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly event?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return visible(typeof value !== 'string' || WORD.test(text) ? text : JSON.stringify(text));
}
