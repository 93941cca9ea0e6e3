import { z } from 'zod';
import { isRole } from '../contracts/roles.ts';
import { nameKey } from '../kernel/names.ts';
import { isSafeName } from '../names/name.ts';

/** The version of the lines' form. */
const VERSION = 1;

const id = z.int().positive();
const place = z.int().nonnegative();
const time = z.int().nonnegative();

const archiveLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('archive'), version: z.literal(VERSION), account: place, message: place }),
  z.object({
    type: z.literal('account'),
    id,
    name: z.string().refine(isSafeName, 'it may not be a user name'),
    hash: z.string(),
    created: time,
    seen: time,
    roles: z.array(z.string().refine(isRole, 'it may not be a role')).readonly().default([]),
    since: place,
    cursor: place,
    handed: place,
  }),
  z.object({
    type: z.literal('message'),
    id,
    sender: place,
    from: z.string(),
    audience: z.union([z.literal('everyone'), z.array(id).readonly()]),
    text: z.string(),
    time,
  }),
]);

/** A line of an archive: first how far ids have come, then the accounts, then the messages, each in the order of ids. */
export type ArchiveLine = z.infer<typeof archiveLine>;

export function write(line: ArchiveLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The first line. */
export function head(ends: { readonly account: number; readonly message: number }): ArchiveLine {
  return { type: 'archive', version: VERSION, ...ends };
}

/** Reads the lines of one archive, from its first on. */
export class ArchiveReader {
  readonly #names = new Set<string>();
  #head: Extract<ArchiveLine, { type: 'archive' }> | undefined;
  #last: { readonly type: 'account' | 'message'; readonly id: number } = { type: 'account', id: 0 };

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
    if (line.id > this.#head[line.type])
      return `id: the first line says that no ${line.type} is above ${this.#head[line.type]}`;
    const last = this.#last;
    if (last.type === 'message' && line.type === 'account') return 'accounts must come before messages';
    if (last.type === line.type && line.id <= last.id) return `id: ${line.id} comes after ${last.id}`;
    this.#last = line;
    if (line.type === 'message') return undefined;
    if (Math.max(line.since, line.cursor, line.handed) > this.#head.message) {
      return `since, cursor, handed: the first line says that no message is above ${this.#head.message}`;
    }
    const key = nameKey(line.name);
    if (this.#names.has(key)) return `name: '${line.name}' is taken`;
    this.#names.add(key);
    return undefined;
  }
}
