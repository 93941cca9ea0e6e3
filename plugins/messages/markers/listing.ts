import { type Account, type NamedRoom, nameRooms, type RoomNames, roomAsTyped } from 'chatserv';
import type { Level, Levels } from './levels.ts';
import { type Position, unreadIn } from './positions.ts';

/** A room with what its account has not read in it, as programs get it. */
export interface ListedRoom extends NamedRoom {
  /** How many entries the account has not read. */
  readonly unread: number;
  /** How many further ones are of users whom it ignores; absent for none. */
  readonly hidden?: number;
  /** How many of those not read mention it, up to 100. */
  readonly mentions: number;
  /** The number up to which the account has read. */
  readonly seq: number;
  /** The number of the room's last entry that counts. */
  readonly last: number;
  /** The id of its last entry. */
  readonly lastId: number;
  readonly level: Level;
}

/** What an account has not read, in all rooms together. */
export interface Totals {
  /** The number of rooms with something that the account wants to be notified of. */
  readonly rooms: number;
  /** How many unread entries it wants to be notified of: of a room with the level `mentions`, those that mention it. */
  readonly unread: number;
  /** How many of them mention it. */
  readonly mentions: number;
}

const levelIn = (levels: Levels, { room }: Position): Level => levels.get(room) ?? 'all';

/** Names rooms and adds levels, in the order of the positions. */
export async function listRooms(
  positions: readonly Position[],
  levels: Levels,
  account: Account,
  directory: RoomNames,
): Promise<ListedRoom[]> {
  const byRoom = new Map(positions.map((position) => [position.room, position]));
  const named = await nameRooms([...byRoom.keys()], account.id, directory);
  return named.flatMap((room) => {
    const position = byRoom.get(room.room);
    if (position === undefined) return [];
    const { last, lastId, marker, mentions, hidden } = position;
    const unread = { unread: unreadIn(position), ...(hidden > 0 && { hidden }), mentions };
    return [{ ...room, ...unread, seq: marker, last, lastId, level: levelIn(levels, position) }];
  });
}

/** A room on a plain line: `#lab 12 2 mentions`, without mentions if there are none, and without the level `all`. */
export function lineOf(room: ListedRoom): string {
  const { unread, mentions, level } = room;
  return [roomAsTyped(room), unread, mentions > 0 && mentions, level !== 'all' && level]
    .filter((word) => word !== false)
    .join(' ');
}

export function totalsOf(positions: readonly Position[], levels: Levels): Totals {
  const totals = { rooms: 0, unread: 0, mentions: 0 };
  for (const position of positions) {
    const { mentions } = position;
    const level = levelIn(levels, position);
    const unread = level === 'all' ? unreadIn(position) : mentions;
    if (level === 'nothing' || unread === 0) continue;
    totals.rooms++;
    totals.unread += unread;
    totals.mentions += mentions;
  }
  return totals;
}
