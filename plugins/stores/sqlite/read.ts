import type { DatabaseSync } from 'node:sqlite';
import type { InboxCount } from 'chatserv';
import { COUNTS, type EntryRow, TO_SENDER } from './entry-rows.ts';
import { prepareEntryRows } from './history.ts';
import { prepareMentions } from './mentions.ts';
import { FIRST_ROOM, prepareRoomsOf, type RoomPosition } from './rooms-of.ts';
import { atMost, nextOf, type Part, prepare } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

/** The most entries one request returns. */
export const READ_AT_ONCE = 256;

/** How many entries of a room to count at a time, and how many visited rows that costs. */
const COUNTED = 1000;
const COUNTED_AS = 100;

/** A position in reading an inbox: the last id of interest, the room, and the ids found so far. */
export interface ReadPosition {
  readonly upTo: number;
  readonly room: RoomPosition;
  readonly ids: readonly number[];
}

/** A position in counting an inbox: a room, and an entry of it to continue after. */
export interface CountPosition {
  readonly room: RoomPosition;
  readonly after: number;
}

/** Prepares the queries that read and count entries. */
export function prepareReading(db: DatabaseSync, tail: Tail) {
  const { since, eachRoom } = prepareRoomsOf(db, tail);
  const rowsOf = prepareEntryRows(db);
  const mentionsIn = prepareMentions(db, tail);
  const placesAfter = prepare<{ id: number }>(
    db,
    'SELECT id FROM place WHERE room = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?',
  );
  const countPlaces = prepare<{ rows: number; last: number; n: number; own: number; sameOrigin: number }>(
    db,
    `SELECT count(*) AS rows, max(id) AS last, sum(meant) AS n, sum(meant AND sender = ?4) AS own,
       sum(meant AND near) AS sameOrigin
     FROM (SELECT id, sender, flags & ${COUNTS} AND (sender <> ?6 OR flags & ${TO_SENDER}) AS meant,
             ?5 IS NOT NULL AND (SELECT origin FROM entry WHERE entry.id = place.id) = ?5 AS near
           FROM place WHERE room = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ${COUNTED})`,
  );
  const contact = prepare<{ other: number }>(db, 'SELECT other FROM contact WHERE account = ? AND other = ?');
  const direct = prepare<{ room: number }>(
    db,
    'SELECT room FROM member WHERE account = ? AND room = ? AND role IS NULL',
  );
  const below = prepare<{ id: number; sender: number; name: string }>(
    db,
    'SELECT id, sender, name FROM entry WHERE id < ? ORDER BY id DESC',
  );
  const latest = prepare<{ id: number; time: number }>(
    db,
    'SELECT id, time FROM entry WHERE id > 0 ORDER BY id DESC LIMIT 1',
  );
  const latestKey = prepare<{ id: number; time: number }>(
    db,
    'SELECT id, time FROM sent WHERE id > 0 ORDER BY id DESC LIMIT 1',
  );

  return {
    head: (): number => tail.head,

    /** Reads up to `READ_AT_ONCE` entries for an account. If the slice ends first, the result says where to continue. */
    read(
      account: number,
      after: number,
      upTo: number,
      limit: number,
      from: ReadPosition = { upTo: Math.min(upTo, tail.head), room: FIRST_ROOM, ids: [] },
      skip?: ReadonlyMap<number, number>,
    ): Part<EntryRow[], ReadPosition> {
      const most = Math.min(READ_AT_ONCE, atMost(limit));
      let ids = [...from.ids];
      let end = from.upTo;
      /** Drops ids that will not be returned, and stops looking beyond the last one that will. */
      const cut = () => {
        if (ids.length < most) return;
        ids = ids.sort((a, b) => a - b).slice(0, most);
        end = ids.at(-1) ?? from.upTo;
      };
      cut();
      const slice = new Slice();
      const room =
        most === 0
          ? undefined
          : eachRoom(account, from.room, slice, ({ room, since, until, last }) => {
              const skipped = skip?.get(room) ?? 0;
              let start = Math.max(after, since);
              if (last <= start) return true;
              const stop = until === 0 ? end : Math.min(end, until - 1);
              const count = ids.length;
              if (skipped > start) {
                ids.push(...mentionsIn(account, room, start, Math.min(stop, skipped), most));
                start = skipped;
              }
              for (const { id } of placesAfter.all(room, start, Math.min(stop, tail.indexed), most)) ids.push(id);
              for (const { id } of tail.entriesOf(room)) {
                if (id > stop || ids.length - count >= most) break;
                if (id > start) ids.push(id);
              }
              slice.visit(ids.length - count);
              if (ids.length >= 2 * most) cut();
              return true;
            });
      if (room !== undefined) return { found: [], after: { upTo: from.upTo, room, ids } };
      cut();
      return { found: rowsOf(ids.sort((a, b) => a - b)) };
    },

    /** Counts the direct messages for an account, and what of them is one sender's or from one origin, up to `most`. */
    count(
      account: number,
      sender: number,
      after: number,
      most: number,
      origin: string | null = null,
      from: CountPosition = { room: FIRST_ROOM, after: 0 },
    ): Part<InboxCount, CountPosition> {
      const slice = new Slice();
      const found = { all: 0, own: 0, sameOrigin: 0, isContact: isContact(account, sender) };
      let { after: reached } = from;
      const room = eachRoom(account, from.room, slice, ({ room, isDirect, since, last }) => {
        let start = Math.max(after, since, reached);
        if (!isDirect || last <= start || found.all >= most) return true;
        while (start < tail.indexed) {
          if (slice.isOver) {
            reached = start;
            return false;
          }
          const counted = countPlaces.get(room, start, tail.indexed, sender, origin, account);
          const { rows = 0, last: place = 0, n, own, sameOrigin } = counted ?? {};
          slice.visit(Math.ceil((rows * COUNTED_AS) / COUNTED));
          found.all += n ?? 0;
          found.own += own ?? 0;
          if (origin !== null) found.sameOrigin += sameOrigin ?? 0;
          if (rows < COUNTED) break;
          start = place;
        }
        for (const entry of tail.entriesOf(room)) {
          if (entry.id <= start || (entry.flags & COUNTS) === 0) continue;
          if (entry.sender === account && (entry.flags & TO_SENDER) === 0) continue;
          found.all++;
          if (entry.sender === sender) found.own++;
          if (origin !== null && entry.origin === origin) found.sameOrigin++;
        }
        reached = 0;
        return true;
      });
      return room === undefined || found.all >= most ? { found } : { found, after: { room, after: reached } };
    },

    /** Finds a sender's entries below an id, latest first. @param sender an account, or the name of a removed one */
    saidBy(sender: number | string, before: number): Part<number[], number> {
      const found: number[] = [];
      const slice = new Slice();
      let at = before;
      const rows = below.iterate(before);
      try {
        for (let row = nextOf(rows); row !== undefined; row = nextOf(rows)) {
          if (slice.isOver) return { found, after: at };
          slice.visit();
          at = row.id;
          const isMeant =
            typeof sender === 'number'
              ? row.sender === sender
              : row.name === sender && row.sender !== 0 && since(row.sender) === undefined;
          if (isMeant) found.push(row.id);
        }
        return { found };
      } finally {
        rows.return?.();
      }
    },

    /** The time of the latest message, which may be known by its key only. */
    latest(): number | undefined {
      const [message, key] = [latest.get(), latestKey.get()];
      return (message?.id ?? 0) > (key?.id ?? 0) ? message?.time : key?.time;
    },
  };

  function isContact(account: number, other: number): boolean {
    if (account === other) return false;
    if (contact.get(account, other) !== undefined) return true;
    for (const room of tail.spokenIn(account)) {
      const members = tail.room(room)?.members;
      const isIn = (one: number) =>
        members === undefined ? direct.get(one, room) !== undefined : members.includes(one);
      if (isIn(other) && isIn(account)) return true;
    }
    return false;
  }
}
