import type { Account, RoomInfo } from 'chatserv';
import type { Call } from '../call.ts';
import type { Channel } from '../channels/channels.ts';
import type { Irc } from '../irc.ts';

/** The room behind a channel's name; undefined if there is none that the client may see. */
export async function roomOf({ irc, account }: Call, name: string): Promise<RoomInfo | undefined> {
  return name.startsWith('#') ? irc.rooms?.find(name, account) : undefined;
}

/** Whether the client may see who is in a channel: whoever may join it may. */
export function mayLook({ account }: Call, { members, settings: { access, key } }: Channel): boolean {
  return (access === 'public' && key === '') || members.has(account.id);
}

/** Whether an account is a member of a room. */
export async function isIn({ rooms }: Irc, { id }: RoomInfo, account: Account): Promise<boolean> {
  return (await rooms?.role(id, account)) !== undefined;
}

/** The room behind the name of a channel that the client is in. @returns undefined if it is not; the answer then says so */
export async function ownRoom(call: Call, name: string): Promise<RoomInfo | undefined> {
  const room = await roomOf(call, name);
  if (room === undefined) call.numeric('ERR_NOSUCHCHANNEL', [name]);
  else if (await isIn(call.irc, room, call.account)) return room;
  else call.numeric('ERR_NOTONCHANNEL', [name]);
  return undefined;
}

/** The account with a nick, online or not. @returns undefined if there is none; the answer then says so */
export async function accountOf(call: Call, nick: string): Promise<Account | undefined> {
  const account = await call.irc.accounts.find(nick);
  if (account === undefined) call.numeric('ERR_NOSUCHNICK', [nick]);
  return account;
}

/** A channel and a user. */
interface ChannelAndUser {
  /** The channel, with its `#`. */
  readonly name: string;
  readonly account: Account;
  /** Whether the account is in the channel. */
  readonly isMember: boolean;
}

/**
 * A channel that the client is in, and a user.
 * @returns undefined if there is no such channel or user; the answer then says so
 */
export async function channelAndUser(call: Call, target: string, nick: string): Promise<ChannelAndUser | undefined> {
  const room = await ownRoom(call, target);
  const account = room && (await accountOf(call, nick));
  if (room === undefined || account === undefined) return undefined;
  return { name: `#${room.name}`, account, isMember: await isIn(call.irc, room, account) };
}
