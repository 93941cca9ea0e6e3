import type { DatabaseSync } from 'node:sqlite';
import { unpack } from './account-set.ts';
import { EVERYONE, type OfRoom } from './entry-rows.ts';
import { prepare } from './rows.ts';
import type { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

/** A room that an account is or was in, and the entries it may read there. */
export interface RoomOf {
  readonly room: number;
  readonly isDirect: boolean;
  /** Entries above this id and below `until` are for the account. */
  readonly since: number;
  /** 0 while the account is in the room. */
  readonly until: number;
  /** The room's last entry, and the number of its last one that counts as unread. */
  readonly last: number;
  readonly seq: number;
}

/** A position in a list of rooms: the room, `since`, and whether the list had reached the unindexed rooms. */
export type RoomPosition = readonly [room: number, since: number, inTail: boolean];

export const FIRST_ROOM: RoomPosition = [0, -1, false];

/** How many rooms to look up at a time. */
const PAGE = 100;

/** Prepares the queries that list an account's rooms, past ones included. */
export function prepareRoomsOf(db: DatabaseSync, tail: Tail) {
  const since = prepare<{ since: number }>(db, 'SELECT since FROM accounts WHERE id = ?');
  const everyone = prepare<{ last: number; seq: number }>(db, `SELECT last, seq FROM room WHERE id = ${EVERYONE}`);
  const current = prepare<{ last: number; seq: number }>(
    db,
    `SELECT last, seq FROM member CROSS JOIN room ON room.id = member.room
     WHERE account = ?1 AND member.room = ?2 AND until IS NULL
       AND (name IS NOT NULL OR (members IS NOT NULL AND member.room <= ?3))`,
  );
  const page = prepare<{ room: number; isDirect: number; since: number; until: number; last: number; seq: number }>(
    db,
    `SELECT member.room, members IS NOT NULL AS isDirect, since, ifnull(until, 0) AS until, last, seq
     FROM member CROSS JOIN room ON room.id = member.room
     WHERE account = ?1 AND (member.room, since) > (?2, ?3)
       AND (name IS NOT NULL OR (members IS NOT NULL AND member.room <= ?4))
     ORDER BY member.room, since LIMIT ${PAGE}`,
  );

  return {
    /** The log's end when an account was created; undefined if the account does not exist. */
    since: (account: number): number | undefined => since.get(account)?.since,

    /** The end of a room that an account is in now. */
    currentRoom(account: number, room: number): Pick<RoomOf, 'room' | 'last' | 'seq'> | undefined {
      if (since.get(account) === undefined) return undefined;
      const isNew = tail.room(room)?.members.includes(account);
      const indexed = room === EVERYONE ? everyone.get() : current.get(account, room, tail.roomsIndexed);
      const end = isNew ? { last: 0, seq: 0 } : indexed;
      return end && { room, ...tail.endOf(room, end.last, end.seq) };
    },

    /**
     * Calls `found` for each room that the account is or was in: first the indexed rooms, then the others, each by id.
     * @param found returns whether it is done with the room; if not, the next slice starts with it
     * @returns where the next slice continues; undefined at the end
     */
    eachRoom(
      account: number,
      from: RoomPosition,
      slice: Slice,
      found: (room: RoomOf) => boolean,
    ): RoomPosition | undefined {
      const start = since.get(account)?.since;
      if (start === undefined) return undefined;
      let at = from;
      /** @returns whether the slice is over */
      const visit = (room: Omit<RoomOf, 'last' | 'seq'>, last: number, seq: number): boolean => {
        if (slice.isOver) return true;
        slice.visit();
        if (!found({ ...room, since: Math.max(start, room.since), ...tail.endOf(room.room, last, seq) })) return true;
        at = [room.room, room.since, at[2]];
        return false;
      };
      if (at[0] < EVERYONE) {
        const { last = 0, seq = 0 } = everyone.get() ?? {};
        if (visit({ room: EVERYONE, isDirect: false, since: 0, until: 0 }, last, seq)) return at;
      }
      for (;;) {
        // Rooms above the watermark come from the tail, even if an unfinished batch of the indexer has written some.
        const rooms = page.all(account, at[0], at[1], tail.roomsIndexed);
        for (const { isDirect, last, seq, ...room } of rooms) {
          // A previous slice had reached the tail, whose rooms may be indexed by now.
          if (at[2] && !isDirect) at = [room.room, room.since, true];
          else if (visit({ ...room, isDirect: isDirect === 1 }, last, seq)) return at;
        }
        if (rooms.length < PAGE) break;
      }
      const first = at[2] ? at[0] + 1 : 0;
      at = [at[2] ? at[0] : tail.roomsIndexed, 0, true];
      for (const { id } of tail.roomsOf(account)) {
        if (id >= first && visit({ room: id, isDirect: true, since: 0, until: 0 }, 0, 0)) return at;
      }
      return undefined;
    },
  };
}

/** Prepares the query for what entries tell of their room: a conversation's members, or a named room's name. */
export function prepareOfRoom(db: DatabaseSync): (room: number) => OfRoom | undefined {
  const about = prepare<{ name: string | null; members: Uint8Array | null }>(
    db,
    'SELECT name, members FROM room WHERE id = ?',
  );
  return (room) => {
    const { name, members } = about.get(room) ?? {};
    return members ? unpack(members) : (name ?? undefined);
  };
}
