import type { DatabaseSync } from 'node:sqlite';
import { unpack } from './account-set.ts';
import { COUNTS } from './entry-rows.ts';
import { LOG_ROW, type LogRow, prepareTail, type TailRow } from './log-end.ts';
import { prepare } from './rows.ts';

/** A conversation that is not indexed yet. */
export interface TailRoom {
  readonly id: number;
  readonly members: readonly number[];
}

const NONE: readonly never[] = [];

/**
 * The unindexed part of the log, in the reading thread's memory: all committed entries past the watermark by room,
 * whichever process appended them, and their new conversations. Each row is read once.
 */
export class Tail {
  /** Entries and rooms up to these are in the indexes. */
  indexed = 0;
  roomsIndexed = 0;
  /** The last entry id ever assigned. */
  head = 0;
  /** The last room id ever assigned. */
  lastRoom = 0;
  readonly #entries = new Map<number, TailRow[]>();
  readonly #rooms = new Map<number, TailRoom>();
  readonly #roomsOf = new Map<number, number[]>();
  readonly #statements;

  constructor(db: DatabaseSync) {
    this.#statements = {
      log: prepare<LogRow>(db, LOG_ROW),
      entries: prepareTail(db),
      rooms: prepare<{ id: number; members: Uint8Array | null }>(
        db,
        'SELECT id, members FROM room WHERE id > ? ORDER BY id',
      ),
    };
  }

  /** Reads what was committed since the last call. Call it within the transaction that reads. */
  refresh(): void {
    const { indexed, roomsIndexed } = this.#statements.log.get() as LogRow;
    if (indexed > this.indexed || roomsIndexed > this.roomsIndexed) this.#shrink(indexed, roomsIndexed);
    this.head = Math.max(this.head, indexed);
    for (const entry of this.#statements.entries(this.head)) {
      this.head = entry.id;
      const entries = this.#entries.get(entry.room);
      if (entries === undefined) this.#entries.set(entry.room, [entry]);
      else entries.push(entry);
    }
    this.lastRoom = Math.max(this.lastRoom, roomsIndexed);
    for (const { id, members } of this.#statements.rooms.iterate(this.lastRoom)) {
      this.lastRoom = id;
      if (members === null) continue;
      const room = { id, members: unpack(members) };
      this.#rooms.set(id, room);
      for (const account of room.members) this.#addRoomOf(account, id);
    }
  }

  #addRoomOf(account: number, room: number): void {
    const rooms = this.#roomsOf.get(account);
    if (rooms === undefined) this.#roomsOf.set(account, [room]);
    else rooms.push(room);
  }

  /** The entries of a room past the watermark, by id. */
  entriesOf(room: number): readonly TailRow[] {
    return this.#entries.get(room) ?? NONE;
  }

  /** A room's last entry and number, given those up to the watermark. */
  endOf(room: number, last: number, seq: number): { last: number; seq: number } {
    const entries = this.entriesOf(room);
    const end = { last: Math.max(last, entries.at(-1)?.id ?? 0), seq };
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i] as TailRow;
      if ((entry.flags & COUNTS) === 0) continue;
      end.seq = Math.max(seq, entry.seq);
      break;
    }
    return end;
  }

  /** The unindexed conversations of an account, by id. */
  roomsOf(account: number): readonly TailRoom[] {
    return (this.#roomsOf.get(account) ?? NONE).map((id) => this.#rooms.get(id) as TailRoom);
  }

  /** The rooms in which an account has posted past the watermark. */
  *spokenIn(account: number): Generator<number> {
    for (const [room, entries] of this.#entries) {
      if (entries.some(({ sender }) => sender === account)) yield room;
    }
  }

  room(id: number): TailRoom | undefined {
    return this.#rooms.get(id);
  }

  #shrink(indexed: number, roomsIndexed: number): void {
    this.indexed = indexed;
    this.roomsIndexed = roomsIndexed;
    for (const [room, entries] of this.#entries) {
      const first = entries.findIndex(({ id }) => id > indexed);
      if (first < 0) this.#entries.delete(room);
      else if (first > 0) this.#entries.set(room, entries.slice(first));
    }
    for (const room of this.#rooms.keys()) if (room <= roomsIndexed) this.#rooms.delete(room);
    this.#roomsOf.clear();
    for (const room of this.#rooms.values()) {
      for (const account of room.members) this.#addRoomOf(account, room.id);
    }
  }
}
