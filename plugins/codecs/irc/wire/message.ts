import { splitText } from './split.ts';
import { parseTags, serializeTags } from './tags.ts';

/** A line of IRC, taken apart (RFC 2812, 2.3.1, with the tags of IRCv3 `message-tags`). */
export interface IrcMessage {
  /** Tags by key, with `+` and vendor where a key has them. A tag without a value has the value `''`. */
  readonly tags: ReadonlyMap<string, string>;
  /** Who sent it, without the colon: a server's name, or `nick!user@host`. */
  readonly source: string | undefined;
  /** In upper case; three digits if it is a numeric. */
  readonly command: string;
  readonly params: readonly string[];
}

/** The longest line with its end, without tags, in bytes. */
export const LINE = 512;

/** The longest tags of a client, with `@` and blank, in bytes. */
export const TAGS = 4096;

/** Whether a client's line is too long, or its tags are. */
export function isTooLong(line: string): boolean {
  // A character has up to three bytes for each of its UTF-16 units.
  if (line.length * 3 <= LINE - 2) return false;
  const tags = line.startsWith('@') ? line.indexOf(' ') + 1 : 0;
  return Buffer.byteLength(line.slice(0, tags)) > TAGS || Buffer.byteLength(line.slice(tags)) > LINE - 2;
}

/** What `serializeMessage` takes: only the command is required. */
export type DraftMessage = Pick<IrcMessage, 'command'> & Partial<IrcMessage>;

/**
 * Parses a line without its line end. Parts may be separated by several blanks.
 * @returns undefined if the line has no command
 */
export function parseMessage(line: string): IrcMessage | undefined {
  let rest = line.replace(/^ +/, '');
  let tags: ReadonlyMap<string, string> = new Map();
  let source: string | undefined;
  if (rest.startsWith('@')) {
    const [word, after] = firstWord(rest);
    tags = parseTags(word.slice(1));
    rest = after;
  }
  if (rest.startsWith(':')) {
    const [word, after] = firstWord(rest);
    source = word.slice(1);
    rest = after;
  }
  const [command, after] = firstWord(rest);
  if (command === '') return undefined;
  return { tags, source, command: command.toUpperCase(), params: parseParams(after) };
}

function parseParams(text: string): readonly string[] {
  const params: string[] = [];
  let rest = text;
  while (rest !== '') {
    if (rest.startsWith(':')) return [...params, rest.slice(1)];
    const [param, after] = firstWord(rest);
    params.push(param);
    rest = after;
  }
  return params;
}

/** The text up to the first blank, and what follows the blanks there. */
function firstWord(text: string): readonly [word: string, rest: string] {
  const end = text.indexOf(' ');
  if (end < 0) return [text, ''];
  let start = end + 1;
  while (text[start] === ' ') start += 1;
  return [text.slice(0, end), text.slice(start)];
}

/**
 * Serializes a message as one line, without a line end. Parameters may hold text from clients: a line end or NUL in one
 * becomes a blank, and a parameter that cannot stand before another (empty, with a blank, or with a colon in front)
 * becomes `*`, as IRC servers do when they quote what they refuse.
 */
export function serializeMessage({ tags, source, command, params = [] }: DraftMessage): string {
  let line = tags === undefined || tags.size === 0 ? '' : `@${serializeTags(tags)} `;
  if (source !== undefined) line += `:${source} `;
  line += command;
  const last = params.length - 1;
  params.forEach((param, index) => {
    const text = param.replace(LINE_BREAKING, ' ');
    if (!(NEEDS_COLON.test(text) || (index === last && SPOKEN.has(command)))) line += ` ${text}`;
    else line += index === last ? ` :${text}` : ' *';
  });
  return line;
}

/** Serializes a message as one line with its end. One that quotes a client may be too long, and is cut. */
export function serializeLine(message: DraftMessage): string {
  const line = serializeMessage(message);
  // A character has up to three bytes for each of its UTF-16 units.
  if (line.length * 3 <= LINE - 2) return `${line}\r\n`;
  const tags = line.startsWith('@') ? line.indexOf(' ') + 1 : 0;
  const [fitting = ''] = splitText(line.slice(tags), LINE - 2);
  return `${line.slice(0, tags)}${fitting}\r\n`;
}

/** What no line can contain. */
const LINE_BREAKING = /[\0\r\n]/g;

/** Commands whose last parameter has its colon even where it needs none: not all programs know that. */
const SPOKEN: ReadonlySet<string> = new Set(['PRIVMSG', 'NOTICE']);

/** Matches a parameter that only the last place can hold, after a colon. */
const NEEDS_COLON = /^$|^:| /;
