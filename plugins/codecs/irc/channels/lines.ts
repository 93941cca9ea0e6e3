import type { Account, RoomRole } from 'chatserv';
import type { Client } from '../client.ts';
import { markreadLine } from '../history/reference.ts';
import { accountNameOf, type Irc, sourceOf } from '../irc.ts';
import { joinedMetadata } from '../metadata/lines.ts';
import { isSecret } from '../modes/settings.ts';
import { isSameName, nickOf } from '../names.ts';
import type { Has } from '../render/tags.ts';
import type { DraftMessage } from '../wire/message.ts';
import type { Channel } from './channels.ts';

/** How many bytes of names a line of `NAMES` has. */
const NAMES_LENGTH = 400;

/** What stands before the nick of a member, the highest first. */
const PREFIXES: Readonly<Record<RoomRole, string>> = {
  owner: '@',
  moderator: '@',
  speaker: '+',
  member: '',
  reader: '',
};

/** The prefixes of a member for a client: all of them, or the highest. */
export function prefixOf(role: RoomRole): string {
  return PREFIXES[role];
}

/** The `JOIN` of a client's own account, and what follows it: the topic, the names and metadata. */
export function channelLines(client: Client, channel: Channel): DraftMessage[] {
  const end = client.numericLine('RPL_ENDOFNAMES', [channel.name]);
  const isImplicit = !client.has('no-implicit-names') && !client.has('draft/no-implicit-names');
  const names = isImplicit ? [...namesLines(client, channel), end] : [];
  const time = client.readTimes.get(channel.room) ?? 0;
  const read = client.has('draft/read-marker') ? [markreadLine(channel.name, time)] : [];
  const described = joinedMetadata(client, channel);
  return [joinLine(client, channel), ...topicLines(client, channel), ...read, ...names, ...described];
}

/** What a client is told when a channel gets another name. @param source who renamed it @param before its old name */
export function renameLines(
  client: Client,
  channel: Channel,
  { source, before, reason }: { readonly source: string; readonly before: string; readonly reason: string },
): DraftMessage[] {
  if (client.has('draft/channel-rename')) {
    return [{ source, command: 'RENAME', params: [before, channel.name, reason] }];
  }
  if (isSameName(before, channel.name)) return [];
  const why = reason === '' ? `The channel is called ${channel.name} now` : reason;
  return [{ source: client.source, command: 'PART', params: [before, why] }, ...channelLines(client, channel)];
}

/** A client's own `JOIN`. */
function joinLine(client: Client, { name }: Channel): DraftMessage {
  const params = [name, ...extendedJoin(client.irc, (capability) => client.has(capability), client)];
  return { source: client.source, command: 'JOIN', params };
}

/** What follows the channel in the `JOIN` of a client, for one with these capabilities. */
export function extendedJoin(
  irc: Irc,
  has: Has,
  { account, realname }: { readonly account: Account; readonly realname: string },
): string[] {
  return has('extended-join') ? [accountNameOf(irc, account) ?? '*', realname] : [];
}

/** A channel's topic, and who set it, if it has one. */
export function topicLines(
  client: Client,
  { name, topic, topicBy, topicTime }: Pick<Channel, 'name' | 'topic' | 'topicBy' | 'topicTime'>,
): DraftMessage[] {
  if (topic === '') return [];
  const setAt = [name, topicBy, String(Math.floor(topicTime / 1000))];
  return [
    client.numericLine('RPL_TOPIC', [name], topic),
    ...(topicTime > 0 ? [client.numericLine('RPL_TOPICWHOTIME', setAt)] : []),
  ];
}

/** The members of a channel who are online, without the end of the list. */
export function namesLines(client: Client, channel: Channel): DraftMessage[] {
  const { irc } = client;
  const symbol = isSecret(channel.settings) ? '@' : '=';
  const lines: string[] = [''];
  for (const { account, role } of channel.members.values()) {
    const shown = client.has('userhost-in-names') ? sourceOf(irc, account) : nickOf(account);
    const name = `${prefixOf(role)}${shown}`;
    const line = lines.pop() ?? '';
    const longer = line === '' ? name : `${line} ${name}`;
    lines.push(...(Buffer.byteLength(longer) > NAMES_LENGTH ? [line, name] : [longer]));
  }
  return lines.map((names) => client.numericLine('RPL_NAMREPLY', [symbol, channel.name], names));
}
