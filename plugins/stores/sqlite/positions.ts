import type { DatabaseSync } from 'node:sqlite';
import type { Unread } from 'chatserv';
import { MENTIONS_ALL, MENTIONS_MOST } from './entry-rows.ts';
import { pageSize } from './paging.ts';
import { FIRST_ROOM, prepareRoomsOf, type RoomOf, type RoomPosition } from './rooms-of.ts';
import { type Part, prepare } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

/** How many positions one request completes with markers and mentions. */
export const COMPLETED_AT_ONCE = 20;

/** A room with its last entry, and the number of its last one that counts as unread. */
export type RoomEnd = Pick<RoomOf, 'room' | 'last' | 'seq'>;

/** Where a list of the latest rooms continues, with those found so far. */
export interface EndsPosition {
  readonly room: RoomPosition;
  readonly ends: readonly RoomEnd[];
}

/** Prepares the queries for what accounts have read. */
export function preparePositions(db: DatabaseSync, tail: Tail) {
  const { eachRoom, currentRoom } = prepareRoomsOf(db, tail);
  const marker = prepare<{ seq: number }>(db, 'SELECT seq FROM marker WHERE account = ? AND room = ?');
  const mentions = prepare<{ seq: number }>(
    db,
    `SELECT seq FROM mention WHERE account = ? AND room = ? AND seq > ? ORDER BY seq LIMIT ${MENTIONS_MOST}`,
  );

  const markerOf = (account: number, { room, seq }: RoomEnd): number =>
    seq === 0 ? 0 : Math.min(seq, marker.get(account, room)?.seq ?? 0);

  /** How many entries of a room past a number mention an account, or everyone. */
  function mentionsOf(account: number, room: number, after: number): number {
    const found = [account, MENTIONS_ALL].flatMap((one) => mentions.all(one, room, after).map(({ seq }) => seq));
    return Math.min(MENTIONS_MOST, new Set(found).size);
  }

  function complete(account: number, { room, last, seq }: RoomEnd, read: number): Unread {
    const mentions = read < seq ? mentionsOf(account, room, read) : 0;
    return { room, lastId: last, last: seq, marker: read, mentions };
  }

  return {
    /** The rooms of an account that have entries after its marker. */
    unread(account: number, from: RoomPosition = FIRST_ROOM): Part<Unread[], RoomPosition> {
      const found: Unread[] = [];
      const slice = new Slice();
      const after = eachRoom(account, from, slice, (room) => {
        const read = room.until > 0 ? room.seq : markerOf(account, room);
        if (read === room.seq) return true;
        const unread = complete(account, room, read);
        slice.visit(unread.mentions);
        found.push(unread);
        return true;
      });
      return { found, ...(after && { after }) };
    },

    position(account: number, room: number): Unread | undefined {
      const end = currentRoom(account, room);
      return end && complete(account, end, markerOf(account, end));
    },

    /** Completes up to `COMPLETED_AT_ONCE` positions. */
    positionsIn: (account: number, ends: readonly RoomEnd[]): Unread[] =>
      ends.map((end) => complete(account, end, markerOf(account, end))),

    /** The rooms that an account is in, with last entries below the id `before`, latest first. */
    latestRooms(
      account: number,
      before: number,
      limit: number,
      from: EndsPosition = { room: FIRST_ROOM, ends: [] },
    ): Part<readonly RoomEnd[], EndsPosition> {
      const most = pageSize(limit);
      let ends = [...from.ends];
      const cut = () => {
        ends = ends.sort((a, b) => b.last - a.last).slice(0, most);
      };
      const room = eachRoom(account, from.room, new Slice(), ({ room, until, last, seq }) => {
        if (until === 0 && last < before) ends.push({ room, last, seq });
        if (ends.length >= 2 * most) cut();
        return true;
      });
      cut();
      return room === undefined ? { found: ends } : { found: [], after: { room, ends } };
    },
  };
}
