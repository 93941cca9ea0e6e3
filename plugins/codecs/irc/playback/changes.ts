import { type Account, type RoomChange, roomChangeSentence } from 'chatserv';
import { banOf, seesInvitations } from '../channels/changes.ts';
import type { Client } from '../client.ts';
import { letterOf, maskOf } from '../modes/masks.ts';
import { roleChanges, USUAL } from '../modes/members.ts';
import { type ModeChange, modeParams } from '../modes/mode-change.ts';
import { modesOfSetting } from '../modes/settings.ts';
import { nickOf } from '../names.ts';
import type { DraftMessage } from '../wire/message.ts';

/** Whether a change of a channel has a line in its history for a client. */
export function isPlayedChange(client: Client, change: RoomChange, room: number): boolean {
  const channel = client.irc.channels.get(room);
  if (change.change === 'invited') return channel !== undefined && seesInvitations(client, channel);
  return change.change !== 'uninvited' && roomChangeSentence(change, '') !== undefined;
}

/**
 * A change of a channel in the past, as a line. What the channel was before is not known: modes say what was set, and
 * what cannot be said so is a notice.
 * @param by who made the change; the server has the id 0
 */
export function playedChange(client: Client, change: RoomChange, target: string, by: Account): DraftMessage {
  switch (change.change) {
    case 'topic':
      return { command: 'TOPIC', params: [target, change.topic] };
    case 'kicked':
      return { command: 'KICK', params: [target, nickOf({ name: change.user }), change.reason ?? nickOf(by)] };
    case 'invited':
      return { command: 'INVITE', params: [nickOf({ name: change.user }), target] };
  }
  const modes = modesOf(change);
  const [params] = modeParams(modes);
  if (params !== undefined) return { command: 'MODE', params: [target, ...params] };
  const sentence = roomChangeSentence(change, by.id > 0 ? nickOf(by) : 'the server');
  return { source: client.irc.options.name, command: 'NOTICE', params: [target, sentence ?? ''] };
}

/** The modes that a change has set; none if it is no change of modes, or if it is not known which were set before. */
function modesOf(change: RoomChange): readonly ModeChange[] {
  switch (change.change) {
    case 'access':
    case 'posting':
    case 'topics':
    case 'limit':
    case 'key':
      return modesOfSetting(change);
    case 'role':
      return roleChanges(USUAL, change.role, nickOf({ name: change.user }));
    case 'name-added':
    case 'name-removed':
      return [{ isOn: change.change === 'name-added', letter: letterOf(change.list), param: maskOf(change) }];
    case 'banned':
    case 'unbanned':
      return [{ isOn: change.change === 'banned', ...banOf(change.user) }];
    default:
      return [];
  }
}
