import type { Account } from 'chatserv';
import { accountNameOf, type Irc, isBot } from '../irc.ts';

/** Whether a client has a capability. */
export type Has = (capability: string) => boolean;

/** What tags tell about a line, to clients that have switched them on. */
export interface LineFacts {
  /** When it was said, in milliseconds since 1970. */
  readonly time?: number | undefined;
  /** The id of its entry in the log, or another one; 0 if it has none. */
  readonly id?: number | string;
  readonly account?: Account;
  /** The id of the message that it answers. */
  readonly reply?: number | undefined;
  /** Tags of a client, by key with `+`. */
  readonly client?: ReadonlyMap<string, string> | undefined;
}

/** The tags of a line, without those of features that a client lacks. */
export function tagsOf(irc: Irc, has: Has, { time, id = 0, account, reply, client }: LineFacts): Map<string, string> {
  const tags = new Map<string, string>();
  if (time !== undefined && has('server-time')) tags.set('time', new Date(time).toISOString());
  const name = account === undefined ? undefined : accountNameOf(irc, account);
  if (name !== undefined && has('account-tag')) tags.set('account', name);
  if (!has('message-tags')) return tags;
  if (account !== undefined && isBot(irc, account)) tags.set('bot', '');
  if (id !== 0) tags.set('msgid', String(id));
  for (const [key, value] of client ?? []) tags.set(key, value);
  if (reply !== undefined) tags.set('+draft/reply', String(reply));
  return tags;
}
