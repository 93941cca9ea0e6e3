import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { pack } from './account-set.ts';
import { prepareInserts } from './inserts.ts';
import type { TailKey } from './key-tail.ts';
import type { LogEnd, TailRow, WrittenRoom } from './log-end.ts';
import { Slice } from './slice.ts';

/** The most unindexed entries: at this bound appends wait for the indexer. */
export const TAIL_MOST = 16_384;

/** The indexer starts a batch at this many entries, or after this time in milliseconds with fewer. */
const BATCH = 0.75 * TAIL_MOST;
const BATCH_TIME = 30_000;

/** How many rows to write between two looks at the clock, and how many visited rows a written one costs. */
const AT_ONCE = 16;
const WRITTEN = 4;

/** How many entries or rooms to sort between two looks at the clock. */
const SORTED = 200;

/**
 * Builds the log's indexes behind the appends. A batch is the whole tail, sorted and written in the order of each index,
 * a slice at a time. The watermark moves once all of it is written. Writing a row again, after a crash or beside another
 * process, changes nothing.
 */
export class Indexer {
  readonly #end: LogEnd;
  readonly #statements;
  #batch: Sliced<void> | undefined;
  /** The tail's length when the batch began, the most rows the batch can have, and how many are written. */
  #started = 0;
  #toWrite = 1;
  #written = 0;
  /** When the last batch ended. */
  #at = performance.now();

  constructor(db: DatabaseSync, end: LogEnd) {
    this.#end = end;
    this.#statements = {
      direct: db.prepare('INSERT OR IGNORE INTO direct (members, room) VALUES (?, ?)'),
      member: db.prepare('INSERT OR IGNORE INTO member (account, room, since) VALUES (?, ?, 0)'),
      contact: db.prepare('INSERT OR IGNORE INTO contact (account, other) VALUES (?, ?)'),
      places: prepareInserts(db, 'INSERT OR IGNORE INTO place (room, id, sender, flags)', 4),
      keys: prepareInserts(db, 'INSERT OR REPLACE INTO sent_key (sender, key, id)', 3),
      room: db.prepare('UPDATE room SET last = ?2, seq = ?3, spoke = ?4 WHERE id = ?1 AND last < ?2'),
      log: db.prepare(
        'UPDATE log SET indexed = ?, rooms_indexed = max(rooms_indexed, ?), entries = entries + ? WHERE id = 1',
      ),
    };
  }

  /** Whether a batch is under way or there is enough for one. */
  get isDue(): boolean {
    if (this.#batch !== undefined) return true;
    const { length } = this.#end.tail;
    return length >= BATCH || (length > 0 && performance.now() - this.#at >= BATCH_TIME);
  }

  /** Whether the tail will reach its bound before the batch is done: then appends would have to wait. */
  get lags(): boolean {
    const { length } = this.#end.tail;
    return (
      this.#batch !== undefined &&
      this.#written / this.#toWrite < (length - this.#started) / (TAIL_MOST - this.#started)
    );
  }

  /** Whether appends have to wait. */
  get isFull(): boolean {
    return this.#end.tail.length >= TAIL_MOST;
  }

  /** Runs one slice of the batch, within a transaction. */
  step(): void {
    const slice = new Slice();
    this.#batch ??= this.#index();
    while (!slice.isOver) {
      slice.visit(AT_ONCE * WRITTEN);
      if (!this.#batch.next().done) continue;
      this.#batch = undefined;
      this.#at = performance.now();
      return;
    }
  }

  /** Call it when a step's transaction was rolled back: the batch starts over. */
  rollBack(): void {
    this.#batch = undefined;
  }

  /** Writes the current tail. A slice can end wherever it yields. */
  *#index(): Sliced<void> {
    const end = this.#end;
    const { direct, member, contact, places, keys, room: update, log } = this.#statements;
    const { head, rooms, tail, newRooms } = end;
    const batch = [...tail];
    const conversations = [...newRooms];
    const sent = end.keys.all();
    this.#started = batch.length;
    this.#written = 0;
    // A conversation writes its members and their contacts, an entry its place, its room and its key.
    this.#toWrite = 2 * batch.length + sent.length;
    for (const { members = [] } of conversations) this.#toWrite += 2 * members.length;
    for (const [members, room] of yield* byMembers(conversations)) {
      direct.run(members, room);
      if (this.#isTime()) yield;
    }
    yield;
    for (const [account, room] of sorted(membersOf(conversations))) {
      member.run(account, room);
      if (this.#isTime()) yield;
    }
    yield;
    const written = yield* byRoom(batch);
    yield;
    for (const [account, other] of sorted(yield* this.#contacts(written))) {
      contact.run(account, other);
      if (this.#isTime()) yield;
    }
    yield* this.#insert(places, placesIn(written));
    yield;
    yield* this.#insert(keys, byKey(sent));
    for (const room of written.keys()) {
      const state = end.room(room);
      // Its current state may be ahead of this batch, which does no harm: the tail continues from there.
      if (state !== undefined) update.run(room, state.last, state.seq, packedSpeakers(state));
      if (this.#isTime()) yield;
    }
    if (head <= end.indexed) return;
    const added = batch.reduce((sum, { id }) => (id > end.indexed ? sum + 1 : sum), 0);
    log.run(head, rooms, added);
    end.shrink(head, Math.max(rooms, end.roomsIndexed));
  }

  /** Counts a written row. @returns whether to look at the clock */
  #isTime(): boolean {
    return ++this.#written % AT_ONCE === 0;
  }

  /** Inserts the rows of entries. Another process may have indexed and removed some of these entries meanwhile. */
  *#insert(
    insert: (values: readonly SQLInputValue[]) => void,
    rows: Iterable<readonly [id: number, values: readonly SQLInputValue[]]>,
  ): Sliced<void> {
    let values: SQLInputValue[] = [];
    for (const [id, row] of rows) {
      if (id > this.#end.indexed) values.push(...row);
      if (!this.#isTime()) continue;
      insert(values);
      values = [];
      yield;
    }
    insert(values);
  }

  /** The new contacts: senders who had not posted in a conversation before, each with every other member. */
  *#contacts(written: ReadonlyMap<number, readonly TailRow[]>): Sliced<(readonly [account: number, other: number])[]> {
    const pairs: (readonly [number, number])[] = [];
    let seen = 0;
    for (const [id, entries] of written) {
      const room = this.#end.room(id);
      for (const { sender } of entries) {
        if (++seen % SORTED === 0) yield;
        if (room?.members === undefined || room.spoke.has(sender) || !room.members.includes(sender)) continue;
        room.spoke.add(sender);
        for (const other of room.members) if (sender !== 0 && other !== sender) pairs.push([sender, other]);
      }
    }
    return pairs;
  }
}

/** A computation of which a slice can end wherever it yields. */
type Sliced<Result> = Generator<void, Result>;

/** Groups entries by room, in the order of room ids. */
function* byRoom(entries: readonly TailRow[]): Sliced<Map<number, TailRow[]>> {
  const rooms = new Map<number, TailRow[]>();
  for (const [i, entry] of entries.entries()) {
    if (i % SORTED === 0) yield;
    const room = rooms.get(entry.room);
    if (room === undefined) rooms.set(entry.room, [entry]);
    else room.push(entry);
  }
  return new Map([...rooms].sort(([a], [b]) => a - b));
}

function* placesIn(rooms: ReadonlyMap<number, readonly TailRow[]>) {
  for (const [room, entries] of rooms) {
    for (const { id, sender, flags } of entries) yield [id, [room, id, sender, flags]] as const;
  }
}

/** The rows of keys, sorted by sender and key. */
function* byKey(keys: TailKey[]) {
  keys.sort((a, b) => a.sender - b.sender || (a.key < b.key ? -1 : 1));
  for (const { id, sender, key } of keys) yield [id, [sender, key, id]] as const;
}

/** The packed members of conversations and their ids, sorted by bytes. Comparing strings is faster than comparing arrays. */
function* byMembers(rooms: readonly WrittenRoom[]): Sliced<(readonly [members: Uint8Array, room: number])[]> {
  const keyed: (readonly [key: string, row: readonly [Uint8Array, number]])[] = [];
  for (const [i, { id, members = [] }] of rooms.entries()) {
    if (i % SORTED === 0) yield;
    const packed = pack(members);
    keyed.push([Buffer.from(packed).toString('latin1'), [packed, id]]);
  }
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function packedSpeakers({ members, spoke }: WrittenRoom): Uint8Array | null {
  return members === undefined ? null : pack(members.filter((account) => spoke.has(account)));
}

function membersOf(rooms: readonly WrittenRoom[]): (readonly [account: number, room: number])[] {
  return rooms.flatMap(({ id, members = [] }) =>
    members.filter((account) => account !== 0).map((account) => [account, id] as const),
  );
}

function sorted<Pair extends readonly [number, number]>(pairs: Pair[]): Pair[] {
  return pairs.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}
