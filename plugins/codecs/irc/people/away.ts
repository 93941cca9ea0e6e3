import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import { type Irc, sourceOf } from '../irc.ts';
import { tellAll } from '../render/tell.ts';
import { watchersOf } from './watchers.ts';

/** The longest reason for being away, in characters. */
export const AWAY_LENGTH = 390;

/** The reason of a client at which nobody is, such as one that runs in the background (IRCv3 draft `pre-away`). */
export const UNATTENDED = '*';

/** Why an account with these clients is away; undefined if one of them is there. Those at which nobody is do not count. */
export function awayOf(clients: readonly Client[]): string | undefined {
  const attended = clients.filter(({ away }) => away !== UNATTENDED);
  const [first] = attended;
  if (first === undefined) return clients.length === 0 ? undefined : 'Away';
  return attended.every(({ away }) => away !== undefined) ? first.away : undefined;
}

/**
 * Does something by which an account may be away or back, and tells those who see it, unless it comes online or leaves by
 * that: then they are told so.
 */
export function changingAway(irc: Irc, account: Account, change: () => void): void {
  const { clients } = irc;
  const [wasOnline, before] = [clients.of(account).length > 0, awayOf(clients.of(account))];
  change();
  const away = awayOf(clients.of(account));
  if (away === before || !wasOnline || clients.of(account).length === 0) return;
  const told = watchersOf(irc, account).filter((client) => client.has('away-notify'));
  const line = { source: sourceOf(irc, account), command: 'AWAY', params: away === undefined ? [] : [away] };
  tellAll(told, line, { account });
}
