import type { z } from 'zod';
import { nameKey } from '../api/names.ts';
import { byCodePoint } from '../sdk/code-points.ts';
import { isStorable, textKey } from '../sdk/storage-over.ts';
import { isSafeName } from '../usernames/name.ts';
import type { StoredLine } from './archive-lines.ts';

/** What is wrong with a line, in a sentence. */
export function sentenceOf({ issues }: z.ZodError): string {
  const { path = [], message = '' } = issues[0] ?? {};
  return `${path.join('.') || 'the line'}: ${message}`;
}

/** Why no client could be sent a message; undefined for one that can be. @param bytes the most that a client is sent */
export function messageObjection(sender: number, from: string, text: string, bytes: number): string | undefined {
  // Without an account the sender may have any name, such as *server*, or one that a plugin chose.
  if (sender > 0 && !isSafeName(from)) return 'from: it cannot be a user name';
  if (Buffer.byteLength(JSON.stringify([from, text])) <= bytes) return undefined;
  return `text: too long: limits.outboxBytes allows ${bytes} bytes`;
}

/** What is wrong with a line before the first one. */
export const NO_HEAD = 'the first line must be of type archive';

/** What lines of every version have in common. */
interface CheckedLine {
  readonly type: string;
  readonly id?: number;
}

/**
 * The rules that the lines of an archive keep with each other, whatever its version: one first line, types in their
 * order, rising ids, and no name, key or value twice. Each method returns what is wrong with a line, if anything is.
 */
export class ArchiveRules<Head extends CheckedLine> {
  readonly #types: readonly string[];
  readonly #names = new Set<string>();
  /** The keys of messages, each with its sender. */
  readonly #keys = new Set<string>();
  #head: Head | undefined;
  #last: CheckedLine = { type: 'archive', id: 0 };
  #lastStored = '';

  /** @param types the types of lines in their order */
  constructor(types: readonly string[]) {
    this.#types = types;
  }

  /** The first line, once it was read. */
  get head(): Head | undefined {
    return this.#head;
  }

  /** Takes a line of the type archive. */
  begin(head: Head): string | undefined {
    if (this.#head !== undefined) return 'an archive has only one line of type archive';
    this.#head = head;
    return undefined;
  }

  /** Checks where a line stands. @param greatest the greatest id, by the first line @param what it is the id of */
  follows(line: CheckedLine, greatest = Number.POSITIVE_INFINITY, what = line.type): string | undefined {
    const { type, id = 0 } = line;
    const last = this.#last;
    if (this.#types.indexOf(type) < this.#types.indexOf(last.type)) {
      return `a line of type ${type} must come before those of type ${last.type}`;
    }
    if (id > greatest) return `id: the first line says that the last ${what} is ${greatest}`;
    if (line.id !== undefined && last.type === type && id <= (last.id ?? 0))
      return `id: ${id} follows ${last.id}, but ids must ascend`;
    this.#last = line;
    return undefined;
  }

  /** Takes an account's name. */
  name(name: string): string | undefined {
    const key = nameKey(name);
    if (this.#names.has(key)) return `name: '${name}' is taken`;
    this.#names.add(key);
    return undefined;
  }

  /** Takes the key of a sender's message. */
  key(sender: number, key: string): string | undefined {
    const own = `${sender} ${key}`;
    if (this.#keys.has(own)) return `key: the sender has another message with the key '${key}'`;
    this.#keys.add(own);
    return undefined;
  }

  /** Takes a plugin's value. */
  stored({ collection, key, value }: StoredLine): string | undefined {
    if (!isStorable(collection, key, JSON.stringify(value))) return 'collection, key, value: it cannot be stored';
    const place = textKey(collection, key);
    if (byCodePoint(place, this.#lastStored) <= 0)
      return `key: '${place}' follows '${this.#lastStored}', but keys must ascend`;
    this.#lastStored = place;
    return undefined;
  }
}
