import { z } from 'zod';
import { nameKey } from '../kernel/names.ts';
import { textKey } from '../sdk/storage-over.ts';
import { accountFields, cleanText, id, place, storedLine, time } from './archive-lines.ts';
import type { ReadLine } from './archive-reader.ts';
import { messageObjection, sentenceOf, storedObjection } from './archive-rules.ts';
import { Version1Plan } from './version-1-plan.ts';

const line1 = z.discriminatedUnion('type', [
  z.object({ type: z.literal('archive'), version: z.literal(1), account: place, message: place }),
  z.object({ ...accountFields, cursor: place, handed: place }),
  z.object({
    type: z.literal('message'),
    id,
    sender: place,
    from: cleanText,
    audience: z.union([z.literal('everyone'), z.array(id).readonly()]),
    text: cleanText,
    time,
    key: z.string().optional(),
    unknown: z.array(cleanText).readonly().optional(),
  }),
  storedLine,
]);

type Line1 = z.infer<typeof line1>;
type LineOf<Type extends Line1['type']> = Extract<Line1, { readonly type: Type }>;

/** An account of version 1. */
export type Account1 = LineOf<'account'>;

/** A message of version 1: to everyone, or to those of the accounts it names that still wait for it, and others. */
export type Message1 = LineOf<'message'>;

/** Reads the lines of an archive of version 1, which has no rooms: first to find its rooms, then to give its lines. */
export class Version1 {
  readonly #messageBytes: number;
  readonly plan: Version1Plan;
  readonly #isPlanned: boolean;
  readonly #names = new Set<string>();
  /** The keys of messages, each with its sender. */
  readonly #keys = new Set<string>();
  #head: LineOf<'archive'> | undefined;
  #last: { readonly type: 'account' | 'message' | 'stored'; readonly id: number } = { type: 'account', id: 0 };
  #lastStored = '';

  constructor(messageBytes: number, plan?: Version1Plan) {
    this.#messageBytes = messageBytes;
    this.#isPlanned = plan !== undefined;
    this.plan = plan ?? new Version1Plan();
  }

  /** @returns what the line says, or what is wrong with it */
  read(value: unknown): ReadLine | string {
    const { data, error } = line1.safeParse(value);
    if (data === undefined) return sentenceOf(error);
    return this.#objection(data) ?? this.#take(data);
  }

  #take(line: Line1): ReadLine {
    const { plan } = this;
    switch (line.type) {
      case 'archive':
        return { type: 'archive', lines: this.#isPlanned ? [plan.head(line)] : [] };
      case 'account':
        if (!this.#isPlanned) plan.addAccount(line);
        return { type: 'account', lines: this.#isPlanned ? [plan.account(line)] : [] };
      case 'message':
        if (!this.#isPlanned) plan.addMessage(line);
        return { type: 'entry', lines: this.#isPlanned ? plan.message(line) : [] };
      case 'stored':
        return { type: 'stored', lines: [line] };
    }
  }

  #objection(line: Line1): string | undefined {
    if (line.type === 'archive') {
      if (this.#head !== undefined) return 'an archive has one line of the type archive';
      this.#head = line;
      return undefined;
    }
    const head = this.#head;
    if (head === undefined) return 'the first line must be of the type archive';
    if (line.type === 'stored') return this.#storedObjection(line);
    if (line.id > head[line.type]) return `id: the first line says that no ${line.type} is above ${head[line.type]}`;
    const last = this.#last;
    if (last.type === 'stored') return `a line of the type ${line.type} must come before those of the type stored`;
    if (last.type === 'message' && line.type === 'account') return 'accounts must come before messages';
    if (last.type === line.type && line.id <= last.id) return `id: ${line.id} comes after ${last.id}`;
    this.#last = line;
    return line.type === 'message' ? this.#messageObjection(line, head) : this.#accountObjection(line, head);
  }

  #accountObjection(line: Account1, head: LineOf<'archive'>): string | undefined {
    if (Math.max(line.since, line.cursor, line.handed) > head.message) {
      return `since, cursor, handed: the first line says that no message is above ${head.message}`;
    }
    const key = nameKey(line.name);
    if (this.#names.has(key)) return `name: '${line.name}' is taken`;
    this.#names.add(key);
    return undefined;
  }

  #messageObjection({ sender, from, audience, text, key }: Message1, head: LineOf<'archive'>): string | undefined {
    if (sender > head.account) return `sender: the first line says that no account is above ${head.account}`;
    if (audience !== 'everyone' && audience.some((one) => one > head.account)) {
      return `audience: the first line says that no account is above ${head.account}`;
    }
    const objection = messageObjection(sender, from, text, this.#messageBytes);
    if (objection !== undefined || key === undefined) return objection;
    const own = `${sender} ${key}`;
    if (this.#keys.has(own)) return `key: the sender has another message with the key '${key}'`;
    this.#keys.add(own);
    return undefined;
  }

  #storedObjection(line: LineOf<'stored'>): string | undefined {
    const objection = storedObjection(line, this.#lastStored);
    if (objection !== undefined) return objection;
    this.#last = { type: 'stored', id: 0 };
    this.#lastStored = textKey(line.collection, line.key);
    return undefined;
  }
}
