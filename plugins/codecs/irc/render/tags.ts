import type { Account } from 'chatserv';

/** What tags of the server tell about a line, to clients that have switched them on. */
export interface LineFacts {
  /** When it was said, in milliseconds since 1970. */
  readonly time?: number;
  /** The id of its entry in the log; 0 if no log keeps it. */
  readonly id?: number;
  readonly account?: Account;
}

/** The tags of the server on a line. @param has whether a client has a capability */
export function tagsOf(
  has: (capability: string) => boolean,
  { time, id = 0, account }: LineFacts,
): Map<string, string> {
  const tags = new Map<string, string>();
  if (time !== undefined && has('server-time')) tags.set('time', new Date(time).toISOString());
  if (id > 0 && has('message-tags')) tags.set('msgid', String(id));
  // Guests have no account.
  if (account !== undefined && account.id > 0 && has('account-tag')) tags.set('account', account.name);
  return tags;
}
