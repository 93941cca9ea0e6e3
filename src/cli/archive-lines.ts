import { z } from 'zod';
import { LATEST_TIME, withoutControls } from '../kernel/message.ts';
import { nameKey } from '../kernel/names.ts';
import { byCodePoint } from '../sdk/code-points.ts';
import { isStorable, textKey } from '../sdk/storage-over.ts';
import { isRole } from '../services/roles.ts';
import { isSafeName } from '../usernames/name.ts';

/** The version of the lines' form. */
const VERSION = 1;

/** The greatest id: the ids that a store gives after it must be safe integers, too. */
const GREATEST_ID = 2 ** 52;

/** The longest user name, in UTF-16 units: what a login in JSON may give. */
const NAME_LENGTH = 128;

const id = z.int().positive().max(GREATEST_ID);
const place = z.int().nonnegative().max(GREATEST_ID);
const time = z.int().nonnegative().max(LATEST_TIME);
const name = z.string().refine((name) => name.length <= NAME_LENGTH && isSafeName(name), 'it may not be a user name');

const archiveLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('archive'), version: z.literal(VERSION), account: place, message: place }),
  z.object({
    type: z.literal('account'),
    id,
    name,
    hash: z.string(),
    created: time,
    seen: time,
    roles: z.array(z.string().refine(isRole, 'it may not be a role')).readonly().default([]),
    epoch: z.int().nonnegative().default(0),
    since: place,
    cursor: place,
    handed: place,
  }),
  z.object({
    type: z.literal('message'),
    id,
    sender: place,
    from: z.string().transform(withoutControls),
    audience: z.union([z.literal('everyone'), z.array(id).readonly()]),
    text: z.string().transform(withoutControls),
    time,
    key: z.string().optional(),
    unknown: z.array(z.string().transform(withoutControls)).readonly().optional(),
  }),
  z.object({
    type: z.literal('stored'),
    collection: z.string(),
    key: z.string(),
    value: z.custom<unknown>((value) => value !== undefined, 'it is missing'),
  }),
]);

/**
 * A line of an archive: first how far ids have come, then the accounts, then the messages, each in the order of ids, and
 * then the data of plugins, in the order of collections and keys.
 */
export type ArchiveLine = z.infer<typeof archiveLine>;

type Line<Type extends ArchiveLine['type']> = Extract<ArchiveLine, { readonly type: Type }>;

export function write(line: ArchiveLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The first line. */
export function head(ends: { readonly account: number; readonly message: number }): ArchiveLine {
  return { type: 'archive', version: VERSION, ...ends };
}

/**
 * Reads the lines of one archive, from its first on. What they say is held to the rules that hold for what is registered
 * and said: messages are cleaned like any other, and what clients could not be given is refused.
 */
export class ArchiveReader {
  readonly #messageBytes: number;
  readonly #names = new Set<string>();
  /** The keys of messages, each with its sender. */
  readonly #keys = new Set<string>();
  #head: Line<'archive'> | undefined;
  #last: { readonly type: 'account' | 'message' | 'stored'; readonly id: number } = { type: 'account', id: 0 };
  #lastStored = '';

  /** @param messageBytes the longest message, in bytes as a client is sent it */
  constructor(messageBytes: number) {
    this.#messageBytes = messageBytes;
  }

  /** @returns what the line says, or what is wrong with it */
  read(text: string): ArchiveLine | string {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // What JSON.parse says quotes the line, and with it may quote a hash.
      return 'not JSON';
    }
    const { data, error } = archiveLine.safeParse(value);
    if (data === undefined) {
      const { path = [], message = '' } = error.issues[0] ?? {};
      return `${path.join('.') || 'the line'}: ${message}`;
    }
    return this.#objection(data) ?? data;
  }

  #objection(line: ArchiveLine): string | undefined {
    if (line.type === 'archive') {
      if (this.#head !== undefined) return 'an archive has one line of the type archive';
      this.#head = line;
      return undefined;
    }
    if (this.#head === undefined) return 'the first line must be of the type archive';
    if (line.type === 'stored') return this.#storedObjection(line);
    if (line.id > this.#head[line.type])
      return `id: the first line says that no ${line.type} is above ${this.#head[line.type]}`;
    const last = this.#last;
    if (last.type === 'stored') return `a line of the type ${line.type} must come before those of the type stored`;
    if (last.type === 'message' && line.type === 'account') return 'accounts must come before messages';
    if (last.type === line.type && line.id <= last.id) return `id: ${line.id} comes after ${last.id}`;
    this.#last = line;
    return line.type === 'message'
      ? this.#messageObjection(line, this.#head)
      : this.#accountObjection(line, this.#head);
  }

  #accountObjection(line: Line<'account'>, head: Line<'archive'>): string | undefined {
    if (Math.max(line.since, line.cursor, line.handed) > head.message) {
      return `since, cursor, handed: the first line says that no message is above ${head.message}`;
    }
    const key = nameKey(line.name);
    if (this.#names.has(key)) return `name: '${line.name}' is taken`;
    this.#names.add(key);
    return undefined;
  }

  #messageObjection({ sender, from, audience, text, key }: Line<'message'>, head: Line<'archive'>): string | undefined {
    if (sender > head.account) return `sender: the first line says that no account is above ${head.account}`;
    if (audience !== 'everyone' && audience.some((one) => one > head.account)) {
      return `audience: the first line says that no account is above ${head.account}`;
    }
    // What no account says may be from anything: *server*, or a plugin's own name.
    if (sender > 0 && !isSafeName(from)) return 'from: it may not be a user name';
    if (Buffer.byteLength(JSON.stringify([from, text])) > this.#messageBytes) {
      return `text: too long for limits.outboxBytes: nobody could be sent more than ${this.#messageBytes} bytes`;
    }
    if (key === undefined) return undefined;
    const own = `${sender} ${key}`;
    if (this.#keys.has(own)) return `key: the sender has another message with the key '${key}'`;
    this.#keys.add(own);
    return undefined;
  }

  #storedObjection({ collection, key, value }: Line<'stored'>): string | undefined {
    if (!isStorable(collection, key, JSON.stringify(value))) return 'collection, key, value: it cannot be stored';
    const place = textKey(collection, key);
    if (byCodePoint(place, this.#lastStored) <= 0) return `key: '${place}' comes after '${this.#lastStored}'`;
    this.#last = { type: 'stored', id: 0 };
    this.#lastStored = place;
    return undefined;
  }
}
