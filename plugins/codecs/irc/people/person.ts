import { type Account, EVERYONE, type PresentAccount, type Session } from 'chatserv';
import type { Channel } from '../channels/channels.ts';
import { prefixOf } from '../channels/lines.ts';
import { type Irc, isBot } from '../irc.ts';
import { nickOf } from '../names.ts';
import { matchesMask } from '../wire/mask.ts';
import { awayOf } from './away.ts';

/** The longest real name, in characters. */
export const NAME_LENGTH = 150;

/** An account that is online, as queries describe it. */
export interface Person {
  readonly account: PresentAccount;
  readonly nick: string;
  readonly user: string;
  readonly host: string;
  readonly realname: string;
  /** Why it is away; undefined if it is not. */
  readonly away: string | undefined;
  readonly isInvisible: boolean;
  readonly isOperator: boolean;
  readonly isBot: boolean;
  /** Its sessions on this server, whatever protocol they speak. */
  readonly sessions: readonly Session[];
}

/** Describes an account that is online. What it said of itself comes from the first of its clients that speak IRC. */
export function personOf(irc: Irc, account: PresentAccount): Person {
  const { clients, server, options } = irc;
  const own = clients.of(account);
  const [first] = own;
  const nick = nickOf(account);
  return {
    account,
    nick,
    user: first?.user ?? nick,
    host: options.name,
    realname: first?.realname || account.name,
    away: awayOf(own),
    isInvisible: own.some(({ modes }) => modes.has('i')),
    isOperator: own.some(({ modes }) => modes.has('o')),
    isBot: isBot(irc, account),
    sessions: server.sessionsOf(account),
  };
}

/** Who is online under a nick; undefined if nobody is. */
export function findPerson(irc: Irc, nick: string): Person | undefined {
  const account = irc.presence.find(nick);
  return account === undefined ? undefined : personOf(irc, account);
}

/** Everybody who is online. */
export function everyPerson(irc: Irc): Person[] {
  return irc.presence.online().map((account) => personOf(irc, account));
}

/** Whether a mask covers somebody: the nick, or what stands behind it. */
export function isCovered({ nick, user, host, realname }: Person, mask: string): boolean {
  return [nick, realname, `${nick}!${user}@${host}`, `${user}@${host}`].some((text) => matchesMask(mask, text));
}

/** The channels that two accounts are both in, without that of everyone. */
export function sharedChannels({ channels }: Irc, one: Account, other: Pick<Account, 'id'>): Channel[] {
  return channels.of(one).filter(({ room, members }) => room !== EVERYONE && members.has(other.id));
}

/** How long somebody has sent nothing, in seconds. */
export function secondsIdle({ sessions }: Person): number {
  const [least = 0] = sessions.map(({ silence }) => silence).sort((a, b) => a - b);
  return Math.floor(least / 1000);
}

/** The prefix of a member of a channel; empty for an account that is not in it. */
export function prefixIn(channel: Channel | undefined, { account }: Person): string {
  const member = channel?.members.get(account.id);
  return member === undefined ? '' : prefixOf(member.role);
}
