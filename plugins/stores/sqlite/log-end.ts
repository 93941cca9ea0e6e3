import type { DatabaseSync } from 'node:sqlite';
import { pack, unpack } from './account-set.ts';
import { COUNTS, ENTRY_COLUMNS, type EntryRow, type StoredEntry } from './entry-rows.ts';
import { writesOfOthers } from './others.ts';
import { prepare, prepareArrays } from './rows.ts';

/** How many rooms are remembered beside those with entries that are not indexed yet. */
const REMEMBERED = 10_000;

/** A room that is written to. */
export interface WrittenRoom {
  readonly id: number;
  /** Of a direct conversation. */
  readonly members: readonly number[] | undefined;
  /** The id of its last entry, and the number of its last one that counts. */
  last: number;
  seq: number;
  /** The members of whom it is indexed that they have said something. */
  readonly spoke: Set<number>;
}

/** An entry that is not indexed yet. */
export interface TailRow {
  readonly id: number;
  readonly room: number;
  readonly sender: number;
  readonly flags: number;
  readonly origin: string | null;
}

/** What the log's own row says. */
export interface LogRow {
  readonly indexed: number;
  readonly roomsIndexed: number;
  readonly entries: number;
}

export const LOG_ROW = 'SELECT indexed, rooms_indexed AS roomsIndexed, entries FROM log WHERE id = 1';

/**
 * The log's end, as the thread that appends knows it without looking: the last ids, where each room stands that was
 * written to, and the tail, which is not indexed yet. It is read again where another process has written, or where a
 * transaction was taken back.
 */
export class LogEnd {
  /** The greatest ids that were given. */
  head = 0;
  rooms = 0;
  indexed = 0;
  roomsIndexed = 0;
  tail: TailRow[] = [];
  /** Conversations that no index holds yet. */
  newRooms: WrittenRoom[] = [];
  /** The greatest id that is committed; undefined before anything was read. */
  #committed: number | undefined;
  #isStale = true;
  readonly #known = new Map<number, WrittenRoom>();
  readonly #direct = new Map<string, WrittenRoom>();
  readonly #statements;
  readonly #othersWrote: () => boolean;

  constructor(db: DatabaseSync) {
    this.#othersWrote = writesOfOthers(db);
    this.#statements = {
      log: prepare<LogRow>(db, LOG_ROW),
      end: prepare<{ id: number }>(db, 'SELECT max(id) AS id FROM entry'),
      lastRoom: prepare<{ id: number }>(db, 'SELECT max(id) AS id FROM room'),
      tail: prepare<TailRow & { seq: number }>(
        db,
        'SELECT id, room, sender, flags, origin, seq FROM entry WHERE id > ? ORDER BY id',
      ),
      newRooms: prepare<{ id: number; members: Uint8Array | null }>(
        db,
        'SELECT id, members FROM room WHERE id > ? ORDER BY id',
      ),
      room: prepare<RoomRow>(db, 'SELECT id, members, spoke, last, seq FROM room WHERE id = ?'),
      direct: prepare<{ room: number }>(db, 'SELECT room FROM direct WHERE members = ?'),
      entriesAfter: prepareArrays<StoredEntry>(db, `SELECT ${ENTRY_COLUMNS} FROM entry WHERE id > ? ORDER BY id`),
    };
  }

  /**
   * Brings it to what the database holds, within a transaction: nobody else writes until that ends.
   * @returns the entries that others have appended since the last time, in the order of their ids
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
    return rows.map((row): EntryRow => [...row, this.room(row[1])?.members]);
  }

  /** The transaction is committed. */
  commit(): void {
    this.#committed = this.head;
  }

  /** The transaction was taken back. */
  rollBack(): void {
    this.#isStale = true;
  }

  /** Reads it again, within a transaction, with what that has written so far. */
  reload(): void {
    const { log, end, lastRoom, tail, newRooms } = this.#statements;
    this.#known.clear();
    this.#direct.clear();
    const row = log.get() as LogRow;
    this.indexed = row.indexed;
    this.roomsIndexed = row.roomsIndexed;
    this.head = Math.max(row.indexed, end.get()?.id ?? 0);
    this.rooms = Math.max(row.roomsIndexed, lastRoom.get()?.id ?? 0);
    this.newRooms = newRooms
      .all(row.roomsIndexed)
      .filter(({ members }) => members !== null)
      .map(({ id, members }) => this.#remember(newRoom(id, unpack(members ?? NOBODY))));
    this.tail = [];
    for (const { seq, ...entry } of tail.all(row.indexed)) {
      this.tail.push(entry);
      const room = this.room(entry.room);
      if (room === undefined) continue;
      room.last = entry.id;
      if (entry.flags & COUNTS) room.seq = seq;
    }
  }

  /** A room by its id. */
  room(id: number): WrittenRoom | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#statements.room.get(id);
    if (row === undefined) return undefined;
    const [members, spoke] = [row.members, row.spoke].map((packed) => packed && unpack(packed));
    return this.#remember({ id, members: members ?? undefined, last: row.last, seq: row.seq, spoke: new Set(spoke) });
  }

  /** The conversation of accounts, by their rising ids. */
  direct(members: readonly number[]): WrittenRoom | undefined {
    const known = this.#direct.get(members.join());
    if (known !== undefined) return known;
    const row = this.#statements.direct.get(pack(members));
    return row && this.room(row.room);
  }

  /** A conversation that was made just now. */
  addDirect(members: readonly number[]): WrittenRoom {
    const room = this.#remember(newRoom(++this.rooms, members));
    this.newRooms.push(room);
    return room;
  }

  /** Adds an entry to a room. @returns its number within the room */
  add(room: WrittenRoom, sender: number, flags: number, origin: string | null): number {
    const id = ++this.head;
    const seq = flags & COUNTS ? ++room.seq : 0;
    room.last = id;
    this.tail.push({ id, room: room.id, sender, flags, origin });
    return seq;
  }

  /** Notes that entries and rooms up to these are indexed. */
  shrink(indexed: number, roomsIndexed: number): void {
    this.indexed = indexed;
    this.roomsIndexed = roomsIndexed;
    const first = this.tail.findIndex(({ id }) => id > indexed);
    this.tail = first < 0 ? [] : this.tail.slice(first);
    this.newRooms = this.newRooms.filter(({ id }) => id > roomsIndexed);
    if (this.#known.size <= REMEMBERED) return;
    for (const { id, last } of this.#known.values()) if (last <= indexed && id <= roomsIndexed) this.forget(id);
  }

  /** Forgets a room; if it is still there, it is looked up again. */
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
  readonly members: Uint8Array | null;
  readonly spoke: Uint8Array | null;
  readonly last: number;
  readonly seq: number;
}

const NOBODY = new Uint8Array();

function newRoom(id: number, members: readonly number[]): WrittenRoom {
  return { id, members, last: 0, seq: 0, spoke: new Set() };
}
