import { type Refusal, refuse } from 'chatserv';
import { wordsIn } from './words.ts';

/** What somebody searches for. */
export interface SearchQuery {
  /** Words and phrases, each of which the text must contain. */
  readonly phrases: readonly string[];
  /** The name of the sender. */
  readonly from?: string;
  /** A room or conversation, as the value of `param.place()`. */
  readonly in?: string | readonly string[];
  /** Only messages of the days before, in milliseconds since 1970. */
  readonly before?: number;
  /** Only messages of the days after: from this time on, in milliseconds since 1970. */
  readonly after?: number;
  /** Only messages with lower ids. */
  readonly beforeId?: number;
  /** How many messages. */
  readonly limit?: number;
}

type Part = Omit<SearchQuery, 'phrases'>;

/** In milliseconds. */
const DAY = 86_400_000;

const QUOTES = /[“”„«»]/g;
/** `from:alice`, `in:(alice carol)`, a "phrase", or a word. */
const PART = /\s*(?:(from|in|before|after|limit):(\([^()]*\)|[^\s"()]*)|"([^"]*)(")?|([^\s"]+))/iy;

/** Reads a query as somebody types it. @returns a refusal that says what is wrong */
export function parseQuery(text: string): SearchQuery | Refusal {
  const phrases: string[] = [];
  let parts: Part = {};
  const line = text.replace(QUOTES, '"').trim();
  for (PART.lastIndex = 0; PART.lastIndex < line.length; ) {
    const [, name, value = '', phrase, end, word = ''] = PART.exec(line) ?? [];
    if (name === undefined) {
      if (phrase !== undefined && end === undefined) return refuse('args', 'A phrase ends with a quotation mark.');
      if (wordsIn(phrase ?? word).length > 0) phrases.push(phrase ?? word);
      continue;
    }
    const part = readPart(name.toLowerCase(), value);
    if ('kind' in part) return part;
    const [repeated] = Object.keys(part).filter((key) => key in parts);
    if (repeated !== undefined) return refuse('args', `Write ${name}: once.`);
    parts = { ...parts, ...part };
  }
  if (phrases.length === 0 && parts.from === undefined && parts.in === undefined) {
    return refuse('args', 'Write a word to search for, from: with a user, or in: with a room.');
  }
  return { phrases, ...parts };
}

function readPart(name: string, value: string): Part | Refusal {
  switch (name) {
    case 'from':
      return /^@?[^\s()]+$/.test(value) ? { from: bare(value) } : refuse('args', 'Write from: with a user: from:alice');
    case 'in': {
      const names = value.match(/[^\s()]+/g)?.map(bare) ?? [];
      if (names.length === 0) return refuse('args', 'Write in: with a room, a user or everyone: in:#lab');
      return { in: value.startsWith('(') ? names : (names[0] as string) };
    }
    case 'limit': {
      const limit = Number(value);
      if (!/^\d{1,9}$/.test(value) || limit < 1) return refuse('args', 'Write limit: with a number: limit:50');
      return { limit };
    }
    default:
      return readTime(name as 'before' | 'after', value);
  }
}

function readTime(name: 'before' | 'after', value: string): Part | Refusal {
  if (name === 'before' && /^\d{1,15}$/.test(value)) return { beforeId: Number(value) };
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  // Some days do not exist, such as February 30.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== value) {
    return refuse('args', `Write ${name}: with a day: ${name}:2026-11-01`);
  }
  return name === 'before' ? { before: day } : { after: day + DAY };
}

function bare(name: string): string {
  return name.replace(/^@/, '');
}
