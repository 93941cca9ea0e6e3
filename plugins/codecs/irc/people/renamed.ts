import type { Account } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import { nickOf } from '../names.ts';
import { tellAll } from '../render/tell.ts';

/** An account has another name: tells the clients that share a channel with it. Its own are told by the server. */
export function tellRenamed(irc: Irc, account: Account): void {
  const before = irc.channels.rename(account);
  for (const client of irc.clients.of(account)) if (before !== undefined) irc.pastUsers.add(client, nickOf(before));
  if (before === undefined || nickOf(before) === nickOf(account)) return;
  const line = { source: sourceOf(irc, before), command: 'NICK', params: [nickOf(account)] };
  tellAll(irc.channels.peersOf(account), line, { account });
}
