import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import type { Irc } from '../irc.ts';

/** The clients that are told of changes to an account: they share a channel with it, or monitor it (`extended-monitor`). */
export function watchersOf(irc: Irc, account: Account): Client[] {
  const monitoring = irc.monitors.clientsFor(account).filter((one) => one.has('extended-monitor'));
  const watchers = new Set([...irc.channels.peersOf(account), ...monitoring]);
  for (const own of irc.clients.of(account)) watchers.delete(own);
  return [...watchers];
}
