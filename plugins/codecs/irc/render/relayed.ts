import { type Entry, type KindSpec, type Message, z } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import type { DraftMessage } from '../wire/message.ts';
import { dataOf } from './data.ts';
import { type Has, tagsOf } from './tags.ts';

const DATA = z.strictObject({
  /** A `TAGMSG`, or a CTCP message; without it the tags are those of the message that this is about. */
  command: z.enum(['TAGMSG', 'PRIVMSG', 'NOTICE']).optional(),
  text: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  /** Stands for the id of an entry that no log keeps. */
  msgid: z.string().optional(),
});

/** What a client sends to other clients of IRC only. */
export type Relayed = z.infer<typeof DATA>;

/** The kind of its entries. */
export const RELAYED = 'irc';

/** What clients of IRC send each other, and nobody else can read: tags, and questions of one program to another. */
export const relayedKind: KindSpec = { name: RELAYED, version: 1, schema: DATA, counts: false };

/** The data of such an entry; undefined where it was redacted. */
export function relayedIn(entry: Pick<Entry, 'body'>): Relayed | undefined {
  return dataOf(entry, DATA);
}

/** What was relayed, as lines to a target: none where the client does not understand it. */
export function relayedLines(
  irc: Irc,
  { command, text, tags, msgid }: Relayed,
  { id, from, time }: Pick<Message, 'id' | 'from' | 'time'>,
  target: string,
  has: Has,
): DraftMessage[] {
  if (command === undefined || (command === 'TAGMSG' && !has('message-tags'))) return [];
  const client = new Map(Object.entries(tags));
  const shown = tagsOf(irc, has, { id: id || (msgid ?? 0), time, account: from, client });
  return [
    { tags: shown, source: sourceOf(irc, from), command, params: text === undefined ? [target] : [target, text] },
  ];
}
