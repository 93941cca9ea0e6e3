import { type Account, type Entry, type RoomChange, type RoomRole, roomChangeSentence } from 'chatserv';
import type { Client } from '../client.ts';
import { type Irc, sourceOf } from '../irc.ts';
import { letterOf, maskOf } from '../modes/masks.ts';
import { roleChanges } from '../modes/members.ts';
import { type ModeChange, modeParams } from '../modes/mode-change.ts';
import { type ChannelSettings, settingChanges } from '../modes/settings.ts';
import { nickOf } from '../names.ts';
import type { LineFacts } from '../render/tags.ts';
import { tellAll } from '../render/tell.ts';
import type { DraftMessage } from '../wire/message.ts';
import type { Channel } from './channels.ts';
import { renameLines } from './lines.ts';

/** Stands for a key that another server has not passed on yet. */
const UNKNOWN_KEY = '*';

/** A change of a channel while its clients are told. */
interface Told {
  readonly irc: Irc;
  readonly channel: Channel;
  readonly by: Account;
  /** Who is shown as having made it. */
  readonly source: string;
}

/**
 * Notes what has changed in a channel, and tells its clients: as what it is in IRC, or in a notice. A client whose own
 * command has changed it is told by the answer.
 * @param entry the change's entry in the log
 */
export async function tellChange(
  irc: Irc,
  channel: Channel,
  change: RoomChange,
  by: Account,
  { id, time }: Pick<Entry, 'id' | 'time'>,
): Promise<void> {
  const source = by.id > 0 ? sourceOf(irc, by) : irc.options.name;
  const told: Told = { irc, channel, by, source };
  switch (change.change) {
    case 'created':
    case 'uninvited':
      return;
    case 'topic':
      Object.assign(channel, { topic: change.topic, topicTime: time });
      channel.topicBy = source;
      return tell(told, { command: 'TOPIC', params: [channel.name, change.topic] }, { id, time });
    case 'access':
      return tellSettings(told, { access: change.access });
    case 'posting':
      return tellSettings(told, { posting: change.posting });
    case 'topics':
      return tellSettings(told, { topics: change.topics });
    case 'limit':
      return tellSettings(told, { limit: change.limit });
    case 'key': {
      const key = change.set ? (await irc.rooms?.get(channel.room))?.key || UNKNOWN_KEY : '';
      return tellSettings(told, { key });
    }
    case 'role':
      return tellRole(told, change.account, change.user, change.role);
    case 'name-added':
    case 'name-removed': {
      const mode = { letter: letterOf(change.list), param: maskOf(change) };
      return tellModes(told, [{ isOn: change.change === 'name-added', ...mode }]);
    }
    case 'kicked':
      return tellKick(told, change.account, change.user, change.reason ?? nickOf(by));
    case 'banned':
      tellModes(told, [{ isOn: true, ...banOf(change.user) }]);
      return tellKick(told, change.account, change.user, 'Banned');
    case 'unbanned':
      return tellModes(told, [{ isOn: false, ...banOf(change.user) }]);
    case 'invited':
      return tellInvitation(told, change.user);
    case 'renamed':
      return tellName(told, `#${change.before}`, `#${change.name}`);
    case 'deleted':
      for (const client of audience(told)) {
        send(told, client, {
          source: client.source,
          command: 'PART',
          params: [channel.name, 'The channel was deleted'],
        });
      }
      return irc.channels.drop(channel.room);
    default: {
      const text = roomChangeSentence(change, by.id > 0 ? nickOf(by) : 'the server');
      const notice = { source: irc.options.name, command: 'NOTICE', params: [channel.name, text ?? ''] };
      if (text !== undefined) tell(told, notice);
    }
  }
}

/** The clients in the channel that are told: all but that whose answer says so. */
function* audience({ irc, channel, by }: Told): Iterable<Client> {
  for (const client of irc.channels.clientsIn(channel)) {
    if (client.account.id !== by.id || !client.isActing(channel.name)) yield client;
  }
}

function send(told: Told, client: Client, line: DraftMessage): void {
  client.send(line, factsOf(told));
}

function factsOf({ by }: Told, facts: LineFacts = {}): LineFacts {
  return by.id > 0 ? { ...facts, account: by } : facts;
}

function tell(told: Told, line: DraftMessage, facts: LineFacts = {}): void {
  tellAll(audience(told), { source: told.source, ...line }, factsOf(told, facts));
}

function tellModes(told: Told, changes: readonly ModeChange[]): void {
  for (const params of modeParams(changes)) tell(told, { command: 'MODE', params: [told.channel.name, ...params] });
}

function tellSettings(told: Told, changed: Partial<ChannelSettings>): void {
  const { channel } = told;
  const before = channel.settings;
  channel.settings = { ...before, ...changed };
  tellModes(told, settingChanges(before, channel.settings));
}

function tellRole(told: Told, account: number, user: string, role: RoomRole): void {
  const member = told.channel.members.get(account);
  if (member === undefined) return;
  const before = member.role;
  member.role = role;
  tellModes(told, roleChanges(before, role, nickOf({ name: user })));
}

/** The member is told too, and is then no longer in the channel. */
function tellKick(told: Told, account: number, user: string, reason: string): void {
  const { irc, channel } = told;
  if (!channel.members.has(account)) return;
  tell(told, { command: 'KICK', params: [channel.name, nickOf({ name: user }), reason] });
  irc.channels.leave(channel.room, { id: account });
}

/** Moderators are told who was invited, if they ask for it; the user reads a message of the inviter. */
function tellInvitation(told: Told, user: string): void {
  const { channel } = told;
  const line = { source: told.source, command: 'INVITE', params: [nickOf({ name: user }), channel.name] };
  const readers = [...audience(told)].filter((client) => seesInvitations(client, channel));
  tellAll(readers, line, factsOf(told));
}

/** Whether a client is told who is invited to a channel. */
export function seesInvitations(client: Client, { members }: Channel): boolean {
  const role = members.get(client.account.id)?.role;
  return (role === 'moderator' || role === 'owner') && client.has('invite-notify');
}

function tellName(told: Told, before: string, name: string): void {
  const { irc, channel, source } = told;
  const reason = irc.renamings.get(channel.room) ?? '';
  irc.channels.renameChannel(channel, name);
  for (const client of audience(told)) {
    for (const line of renameLines(client, channel, { source, before, reason })) send(told, client, line);
  }
}

/** The mode that bans a user. */
export function banOf(user: string): { readonly letter: string; readonly param: string } {
  return { letter: 'b', param: maskOf({ list: 'banned', pattern: nickOf({ name: user }) }) };
}
