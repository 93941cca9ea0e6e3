import type { DatabaseSync } from 'node:sqlite';
import type { Gap } from 'chatserv';
import { COUNTS, ENTRIES_PER_MESSAGE, EVERYONE } from './entry-rows.ts';
import { ROOM, type RoomRow, roomOf } from './named-rooms.ts';
import { FIRST_ROOM, prepareRoomsOf, type RoomPosition } from './rooms-of.ts';
import { type Part, prepare, prepareArrays } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

/** How many rows of an index cost as much as a visited row. */
const PLACES_PER_VISIT = 4;

/** How many rows are looked up for a gap besides: of its room, memberships, first entry and numbers. */
const LOOKED_UP = 8;

/** How many entries of a room to look up at a time, from its start and from its end. */
const FIRST = 4;
const LAST = 64;

type PlaceRow = readonly [id: number, flags: number];

/** Entries with ids above `after` and up to `upTo`. */
interface Range {
  readonly after: number;
  readonly upTo: number;
}

/** The end of a gap: the ids of its last entry and of the room's next one. */
interface GapEnd {
  readonly last: number;
  readonly before: number;
}

/** Prepares the query for the new entries that a device is not sent. */
export function prepareGaps(db: DatabaseSync, tail: Tail) {
  const { eachRoom } = prepareRoomsOf(db, tail);
  const rooms = prepare<RoomRow>(db, `SELECT ${ROOM} FROM room WHERE id = ?`);
  const memberships = prepare<{ since: number; until: number }>(
    db,
    `SELECT since, ifnull(until, 0) AS until FROM member
     WHERE account = ? AND room = ? AND role IS NOT NULL ORDER BY since`,
  );
  const places = 'FROM place WHERE room = ? AND id > ? AND id <= ?';
  const oldest = prepareArrays<PlaceRow>(db, `SELECT id, flags ${places} ORDER BY id LIMIT ${FIRST}`);
  const latest = prepareArrays<PlaceRow>(db, `SELECT id, flags ${places} ORDER BY id DESC LIMIT ${LAST}`);
  const seq = (order: '' | 'DESC') =>
    prepare<{ seq: number }>(
      db,
      `SELECT seq FROM entry WHERE id = (SELECT id ${places} AND flags & ${COUNTS} ORDER BY id ${order} LIMIT 1)`,
    );
  const firstCounting = seq('');
  const lastCounting = seq('DESC');
  const timeOf = prepare<{ time: number }>(db, 'SELECT time FROM entry WHERE id = ?');
  const mention = prepare<{ id: number }>(db, 'SELECT id FROM mention WHERE id = ? AND account IN (0, ?) LIMIT 1');

  /** The ids of a room's unindexed entries in a range, with their flags. */
  function unindexed(room: number, { after, upTo }: Range): PlaceRow[] {
    const rows = tail.entriesOf(room).filter(({ id }) => id > after && id <= upTo);
    return rows.map(({ id, flags }) => [id, flags]);
  }

  function* oldestIn(room: number, ranges: readonly Range[]): Generator<PlaceRow> {
    for (const range of ranges) {
      const upTo = Math.min(range.upTo, tail.indexed);
      for (let { after } = range; after < upTo; ) {
        const rows = oldest.all(room, after, upTo);
        yield* rows;
        after = rows.length < FIRST ? upTo : (rows.at(-1)?.[0] ?? upTo);
      }
      yield* unindexed(room, range);
    }
  }

  function* latestIn(room: number, ranges: readonly Range[]): Generator<PlaceRow> {
    for (const range of ranges.toReversed()) {
      yield* unindexed(room, range).reverse();
      for (let upTo = Math.min(range.upTo, tail.indexed); upTo > range.after; ) {
        const rows = latest.all(room, range.after, upTo);
        yield* rows;
        upTo = rows.length < LAST ? range.after : (rows.at(-1)?.[0] ?? 0) - 1;
      }
    }
  }

  /** Where the gap of a room ends; undefined if it has none. */
  function endOf(
    room: number,
    ranges: readonly Range[],
    [most, keep]: readonly [number, number],
    slice: Slice,
  ): GapEnd | undefined {
    let end: GapEnd | undefined;
    let before = (ranges.at(-1)?.upTo ?? 0) + 1;
    let rows = 0;
    let counting = 0;
    for (const [id, flags] of latestIn(room, ranges)) {
      if ((flags & COUNTS) !== 0) counting++;
      if (counting > keep || rows >= ENTRIES_PER_MESSAGE * keep) end ??= { last: id, before };
      before = id;
      rows++;
      // Its end is at `keep`, which is no more than `most`.
      if (counting > most || rows > ENTRIES_PER_MESSAGE * most) break;
    }
    slice.visit(Math.ceil(rows / PLACES_PER_VISIT));
    return counting > most || rows > ENTRIES_PER_MESSAGE * most ? end : undefined;
  }

  /** The first of a room's entries that does not mention the account. */
  function firstOf(account: number, room: number, ranges: readonly Range[], slice: Slice): number | undefined {
    for (const [id] of oldestIn(room, ranges)) {
      slice.visit();
      if (mention.get(id, account) === undefined) return id;
    }
    return undefined;
  }

  /** How many entries of a room in a range count as unread, by the numbers of the first and the last. */
  function countIn(room: number, { after, upTo }: Range): number {
    const inTail = tail.entriesOf(room).filter(({ id, flags }) => id > after && id <= upTo && (flags & COUNTS) !== 0);
    const indexed = [room, after, Math.min(upTo, tail.indexed)] as const;
    const first = firstCounting.get(...indexed)?.seq ?? inTail[0]?.seq;
    const last = inTail.at(-1)?.seq ?? lastCounting.get(...indexed)?.seq;
    return first === undefined || last === undefined ? 0 : last - first + 1;
  }

  return {
    gaps(
      account: number,
      after: number,
      upTo: number,
      most: number,
      keep: number,
      from: RoomPosition = FIRST_ROOM,
    ): Part<Gap[], RoomPosition> {
      const found: Gap[] = [];
      const slice = new Slice();
      // Memberships of one room follow each other: the first one stands for all.
      let [handled] = from;
      const position = eachRoom(account, from, slice, ({ room, isDirect, since, last }) => {
        if (isDirect || room === EVERYONE || room === handled) return true;
        handled = room;
        if (last <= Math.max(after, since)) return true;
        const ranges = memberships.all(account, room).map(({ since, until }) => ({
          after: Math.max(after, since),
          upTo: until === 0 ? upTo : Math.min(upTo, until - 1),
        }));
        const end = endOf(room, ranges, [most, keep], slice);
        if (end === undefined) return true;
        slice.visit(LOOKED_UP);
        const inGap = ranges.map((range) => ({ ...range, upTo: Math.min(range.upTo, end.last) }));
        const id = firstOf(account, room, inGap, slice);
        const row = rooms.get(room);
        if (id === undefined || row === undefined) return true;
        const count = inGap.reduce(
          (sum, range) => sum + countIn(room, { ...range, after: Math.max(range.after, id - 1) }),
          0,
        );
        found.push({ room: roomOf(row), id, time: timeOf.get(id)?.time ?? 0, before: end.before, count });
        return true;
      });
      return { found, ...(position && { after: position }) };
    },
  };
}
