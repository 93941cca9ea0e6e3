import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { pack, unpack } from './account-set.ts';
import {
  COUNTS,
  ENTRY_COLUMNS,
  type EntryRow,
  EVERYONE,
  type NewEntryRow,
  type OfRoom,
  type StoredEntry,
} from './entry-rows.ts';
import { prepareInserts } from './inserts.ts';
import { KeyTail } from './key-tail.ts';
import { writesOfOthers } from './others.ts';
import { prepare, prepareArrays } from './rows.ts';

/** How many rooms to cache beside those with unindexed entries. */
const CACHED = 10_000;

/** A room as the writer knows it. */
export interface WrittenRoom {
  readonly id: number;
  /** The members of a direct conversation. */
  readonly members: readonly number[] | undefined;
  /** The name of a named room. */
  name?: string | undefined;
  /** The id of its last entry, and the number of its last entry that counts as unread. */
  last: number;
  seq: number;
  /** The members whose contacts are indexed, because they have said something. */
  readonly spoke: Set<number>;
}

/** An entry that is not indexed yet. */
export interface TailRow {
  readonly id: number;
  readonly room: number;
  readonly sender: number;
  readonly flags: number;
  readonly origin: string | null;
  readonly seq: number;
}

type TailColumns = readonly [
  id: number,
  room: number,
  sender: number,
  flags: number,
  origin: string | null,
  seq: number,
];

/** Prepares the query for the entries after an id. It is run at once: an iterator takes twice as long. */
export function prepareTail(db: DatabaseSync): (after: number) => TailRow[] {
  const tail = prepareArrays<TailColumns>(
    db,
    'SELECT id, room, sender, flags, origin, seq FROM entry WHERE id > ? ORDER BY id',
  );
  return (after) =>
    tail.all(after).map(([id, room, sender, flags, origin, seq]) => ({ id, room, sender, flags, origin, seq }));
}

/** The row of the table `log`. */
export interface LogRow {
  readonly indexed: number;
  readonly roomsIndexed: number;
  readonly entries: number;
}

export const LOG_ROW = 'SELECT indexed, rooms_indexed AS roomsIndexed, entries FROM log WHERE id = 1';

/**
 * The end of the log in the writing thread's memory: the last ids, the last entry of each room it has written to, and
 * the tail, which is not indexed yet. It is read again after another process has written or a transaction was rolled
 * back.
 */
export class LogEnd {
  /** The last ids assigned to an entry and a room. */
  head = 0;
  rooms = 0;
  indexed = 0;
  roomsIndexed = 0;
  tail: TailRow[] = [];
  /** Conversations that are not indexed yet. */
  newRooms: WrittenRoom[] = [];
  /** The keys of entries that are not indexed yet. */
  readonly keys: KeyTail;
  /** The last committed id; undefined until the log is read for the first time. */
  #committed: number | undefined;
  #isStale = true;
  readonly #known = new Map<number, WrittenRoom>();
  readonly #direct = new Map<string, WrittenRoom>();
  /** The columns of entries that are added and not written yet. */
  #added: SQLInputValue[] = [];
  readonly #insert: (values: readonly SQLInputValue[]) => void;
  readonly #statements;
  readonly #othersWrote: () => boolean;

  constructor(db: DatabaseSync) {
    this.#othersWrote = writesOfOthers(db);
    this.keys = new KeyTail(db);
    this.#insert = prepareInserts(db, `INSERT INTO entry (${ENTRY_COLUMNS})`, ENTRY_COLUMNS.split(',').length);
    this.#statements = {
      log: prepare<LogRow>(db, LOG_ROW),
      end: prepare<{ id: number }>(db, 'SELECT max(id) AS id FROM entry'),
      lastRoom: prepare<{ id: number }>(db, 'SELECT max(id) AS id FROM room'),
      tail: prepareTail(db),
      newRooms: prepare<{ id: number; members: Uint8Array | null }>(
        db,
        'SELECT id, members FROM room WHERE id > ? ORDER BY id',
      ),
      room: prepare<RoomRow>(db, 'SELECT id, name, members, spoke, last, seq FROM room WHERE id = ?'),
      direct: prepare<{ room: number }>(db, 'SELECT room FROM direct WHERE members = ?'),
      entriesAfter: prepareArrays<StoredEntry>(db, `SELECT ${ENTRY_COLUMNS} FROM entry WHERE id > ? ORDER BY id`),
    };
  }

  /**
   * Reads what has changed. Call it within a transaction, which keeps other processes from writing.
   * @returns the entries that other processes have appended since the last call, by id
   */
  catchUp(): EntryRow[] {
    const othersWrote = this.#othersWrote();
    if (!othersWrote && !this.#isStale) return [];
    const committed = this.#committed;
    this.reload();
    this.#isStale = false;
    this.#committed = this.head;
    if (!othersWrote || committed === undefined || committed >= this.head) return [];
    const rows = this.#statements.entriesAfter.all(committed);
    return rows.map((row): EntryRow => [...row, ofRoom(this.room(row[1]))]);
  }

  /** Call it when the transaction is committed. */
  commit(): void {
    this.#committed = this.head;
  }

  /** Call it when the transaction was rolled back. */
  rollBack(): void {
    this.#added = [];
    this.#isStale = true;
  }

  /** Reads everything again, including what the transaction has written so far. What it has not is dropped. */
  reload(): void {
    const { log, end, lastRoom, tail, newRooms } = this.#statements;
    this.#added = [];
    this.#known.clear();
    this.#direct.clear();
    const row = log.get() as LogRow;
    // What this process has committed is as it was, unless the end of an indexer's batch was rolled back.
    const kept = this.indexed > row.indexed ? row.indexed : Math.max(row.indexed, this.#committed ?? 0);
    this.indexed = row.indexed;
    this.roomsIndexed = row.roomsIndexed;
    this.head = Math.max(row.indexed, end.get()?.id ?? 0);
    this.rooms = Math.max(row.roomsIndexed, lastRoom.get()?.id ?? 0);
    this.newRooms = newRooms
      .all(row.roomsIndexed)
      .filter(({ members }) => members !== null)
      .map(({ id, members }) => this.#remember(newRoom(id, unpack(members ?? NOBODY))));
    this.keys.reload(row.indexed, kept);
    this.tail = [...this.tail.filter(({ id }) => id > row.indexed && id <= kept), ...tail(kept)];
    for (const { id, room: roomId, flags, seq } of this.tail) {
      const room = this.room(roomId);
      if (room === undefined) continue;
      room.last = id;
      if (flags & COUNTS) room.seq = seq;
    }
  }

  /** The last id whose key is in `keys` or indexed: other processes may have appended since. */
  get lastKnownKey(): number {
    return this.#isStale ? (this.#statements.log.get() as LogRow).indexed : this.head;
  }

  /** A room by its id; undefined for one that was removed. */
  room(id: number): WrittenRoom | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#statements.room.get(id);
    if (row === undefined || (row.name === null && row.members === null && id !== EVERYONE)) return undefined;
    const [members, spoke] = [row.members, row.spoke].map((packed) => packed && unpack(packed));
    return this.#remember({
      id,
      members: members ?? undefined,
      name: row.name ?? undefined,
      last: row.last,
      seq: row.seq,
      spoke: new Set(spoke),
    });
  }

  /** A conversation by its members' ids in ascending order. */
  direct(members: readonly number[]): WrittenRoom | undefined {
    const known = this.#direct.get(members.join());
    if (known !== undefined) return known;
    const row = this.#statements.direct.get(pack(members));
    return row && this.room(row.room);
  }

  /** Adds a new conversation. */
  addDirect(members: readonly number[]): WrittenRoom {
    const room = this.#remember(newRoom(++this.rooms, members));
    this.newRooms.push(room);
    return room;
  }

  /** Adds an entry to a room; `flush` writes it. @returns its number within the room */
  add(room: WrittenRoom, entry: NewEntryRow): number {
    const [, kind, version, flags, sender, name, device, body, of, reply, time, origin] = entry;
    const id = ++this.head;
    const seq = flags & COUNTS ? ++room.seq : 0;
    this.#added.push(id, room.id, seq, room.last, kind, version, flags, sender);
    this.#added.push(name, device, body, of, reply, time, origin);
    room.last = id;
    this.tail.push({ id, room: room.id, sender, flags, origin, seq });
    return seq;
  }

  /** Writes the entries added so far. Call it before the transaction looks at entries, and before it is committed. */
  flush(): void {
    const added = this.#added;
    this.#added = [];
    this.#insert(added);
  }

  /** Drops entries and rooms up to these ids, which are indexed now. */
  shrink(indexed: number, roomsIndexed: number): void {
    this.indexed = indexed;
    this.roomsIndexed = roomsIndexed;
    const first = this.tail.findIndex(({ id }) => id > indexed);
    this.tail = first < 0 ? [] : this.tail.slice(first);
    this.keys.shrink(indexed);
    this.newRooms = this.newRooms.filter(({ id }) => id > roomsIndexed);
    if (this.#known.size <= CACHED) return;
    for (const { id, last } of this.#known.values()) if (last <= indexed && id <= roomsIndexed) this.forget(id);
  }

  /** Drops a room from the cache. */
  forget(id: number): void {
    const { members } = this.#known.get(id) ?? {};
    this.#known.delete(id);
    if (members !== undefined) this.#direct.delete(members.join());
  }

  #remember(room: WrittenRoom): WrittenRoom {
    this.#known.set(room.id, room);
    if (room.members !== undefined) this.#direct.set(room.members.join(), room);
    return room;
  }
}

interface RoomRow {
  readonly id: number;
  readonly name: string | null;
  readonly members: Uint8Array | null;
  readonly spoke: Uint8Array | null;
  readonly last: number;
  readonly seq: number;
}

/** What an entry tells of its room. */
export function ofRoom(room: WrittenRoom | undefined): OfRoom | undefined {
  return room?.members ?? room?.name;
}

const NOBODY = new Uint8Array();

function newRoom(id: number, members: readonly number[]): WrittenRoom {
  return { id, members, last: 0, seq: 0, spoke: new Set() };
}
