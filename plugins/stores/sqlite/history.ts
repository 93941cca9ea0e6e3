import type { DatabaseSync } from 'node:sqlite';
import type { HistoryRange, Member, Span } from 'chatserv';
import {
  COUNTS,
  ENTRY_COLUMNS,
  type EntryRow,
  EVERYONE,
  OF_ROOM,
  type OfRoom,
  type StoredEntry,
} from './entry-rows.ts';
import { FIRST_ROOM, prepareOfRoom, prepareRoomsOf, type RoomPosition } from './rooms-of.ts';
import { atMost, type Part, prepare, prepareArrays } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

/** The most entries that one request returns. */
const AT_ONCE = 256;

/** How many entries of a room one request looks at, those that it leaves out included. */
const SEEN_AT_ONCE = 2000;

/** Prepares the query for the entries with these ids that still exist, in the same order. */
export function prepareEntryRows(db: DatabaseSync): (ids: readonly number[]) => EntryRow[] {
  const ofRoom = prepareOfRoom(db);
  const entry = prepareArrays<StoredEntry>(db, `SELECT ${ENTRY_COLUMNS} FROM entry WHERE id = ?`);
  return (ids) => {
    const rooms = new Map<number, OfRoom | undefined>();
    const rows: EntryRow[] = [];
    for (const id of ids) {
      const row = entry.get(id);
      if (row === undefined) continue;
      const [, room] = row;
      if (!rooms.has(room)) rooms.set(room, ofRoom(room));
      rows.push([...row, rooms.get(room)]);
    }
    return rows;
  };
}

/** Whether an entry's room exists: a named room that was removed has no name. */
function isOfRoom(row: EntryRow): boolean {
  return row[1] === EVERYONE || row[OF_ROOM] !== undefined;
}

/** Prepares the queries for single rooms: their history, and who may read it. */
export function prepareHistory(db: DatabaseSync, tail: Tail) {
  const { since: registered, eachRoom } = prepareRoomsOf(db, tail);
  const rowsOf = prepareEntryRows(db);
  const places = (order: '' | 'DESC') =>
    prepare<{ id: number; flags: number; sender: number }>(
      db,
      `SELECT id, flags, sender FROM place WHERE room = ? AND id > ? AND id < ? AND id <= ? ORDER BY id ${order} LIMIT ?`,
    );
  const ascending = places('');
  const descending = places('DESC');
  const isRoom = prepare<{ id: number }>(
    db,
    `SELECT id FROM room WHERE id = ? AND (name IS NOT NULL OR members IS NOT NULL OR id = ${EVERYONE})`,
  );
  const idsAfter = prepare<{ id: number }>(db, 'SELECT id FROM entry WHERE id > ? ORDER BY id LIMIT ?');
  const roomOfEntry = prepare<{ room: number }>(db, 'SELECT room FROM entry WHERE id = ?');
  const changesOf = prepare<{ id: number }>(
    db,
    'SELECT id FROM entry WHERE of = ?1 AND (?3 IS NULL OR kind = ?3) ORDER BY id LIMIT ?2',
  );
  const memberships = prepare<{ since: number; until: number }>(
    db,
    `SELECT since, ifnull(until, 0) AS until FROM member CROSS JOIN room ON id = room
     WHERE account = ? AND room = ? AND (name IS NOT NULL OR members IS NOT NULL) ORDER BY since`,
  );
  const member = prepare<Member>(
    db,
    `SELECT account, role, since FROM member CROSS JOIN room ON id = room
     WHERE account = ? AND room = ? AND role IS NOT NULL AND until IS NULL AND name IS NOT NULL`,
  );

  function spans(account: number, room: number): Span[] {
    const start = registered(account);
    if (start === undefined) return [];
    const isHere = room === EVERYONE || tail.room(room)?.members.includes(account) === true;
    const rows = isHere ? [{ since: 0, until: 0 }] : memberships.all(account, room);
    return rows.map(({ since, until }) => ({ since: Math.max(since, start), until }));
  }

  /** The ids of a room's entries in a range, from one end, whether each counts as unread, and its sender. */
  function* idsOf(room: number, after: number, before: number, isLatest: boolean) {
    const inTail = tail.entriesOf(room).filter(({ id }) => id > after && id < before);
    const indexed = isLatest ? descending : ascending;
    if (isLatest) yield* inTail.toReversed();
    yield* indexed.all(room, after, before, tail.indexed, SEEN_AT_ONCE);
    if (!isLatest) yield* inTail;
  }

  return {
    /** Entries of all rooms after an id. What is found continues with `after`, an id to read on from. */
    entriesAfter(after: number, limit: number): Part<EntryRow[], number> {
      const most = Math.min(AT_ONCE, atMost(limit));
      const ids = idsAfter.all(after, most).map(({ id }) => id);
      const last = ids.at(-1);
      return { found: rowsOf(ids).filter(isOfRoom), ...(ids.length === most && last && { after: last }) };
    },

    /** Those of these ids that no entry of an existing room has. */
    missing(ids: readonly number[]): number[] {
      const found = new Map<number, boolean>();
      return ids.filter((id) => {
        const room = roomOfEntry.get(id)?.room;
        if (room === undefined) return true;
        if (!found.has(room)) found.set(room, isRoom.get(room) !== undefined);
        return found.get(room) === false;
      });
    },

    /** When an account could read `everyone` and named rooms: pairs of a room and a span. */
    namedSpans(account: number, from: RoomPosition = FIRST_ROOM): Part<(readonly [number, Span])[], RoomPosition> {
      const found: (readonly [number, Span])[] = [];
      const after = eachRoom(account, from, new Slice(), ({ room, isDirect, since, until }) => {
        if (!isDirect) found.push([room, { since, until }]);
        return true;
      });
      return { found, ...(after && { after }) };
    },

    /**
     * Entries of a room in a range, from its end on. What is found continues with `after`, an id to read on from.
     */
    history(room: number, range: HistoryRange, from?: number): Part<EntryRow[], number> {
      const isLatest = range.from !== 'oldest';
      const after = Math.max(range.after ?? 0, isLatest ? 0 : (from ?? 0));
      const before = Math.min(
        range.before ?? Number.MAX_SAFE_INTEGER,
        isLatest ? (from ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER,
      );
      const most = Math.min(AT_ONCE, atMost(range.limit));
      const ids: number[] = [];
      if (most === 0 || isRoom.get(room) === undefined) return { found: [] };
      let seen = 0;
      const except = new Set(range.except);
      for (const { id, flags, sender } of idsOf(room, after, before, isLatest)) {
        if ((range.counting !== true || (flags & COUNTS) !== 0) && !except.has(sender)) ids.push(id);
        if (++seen < SEEN_AT_ONCE && ids.length < most) continue;
        return { found: rowsOf(ids), after: id };
      }
      return { found: rowsOf(ids) };
    },

    /** The ids of up to `limit` entries that change one of these, of one kind or of all. */
    changes: (ids: readonly number[], limit: number, kind: string | null = null): number[] =>
      ids
        .flatMap((id) => changesOf.all(id, atMost(limit), kind).map((change) => change.id))
        .sort((a, b) => a - b)
        .slice(0, atMost(limit)),

    entries: (ids: readonly number[]): EntryRow[] => rowsOf(ids),
    entry: (id: number): EntryRow | undefined => rowsOf([id])[0],

    readable(account: number, id: number): EntryRow | undefined {
      const [row] = rowsOf([id]);
      if (row === undefined) return undefined;
      const isIn = spans(account, row[1]).some(({ since, until }) => since < id && (until === 0 || id < until));
      return isIn ? row : undefined;
    },

    spans,

    member(room: number, account: number): Member | undefined {
      const row = member.get(account, room);
      return row && { ...row };
    },
  };
}
