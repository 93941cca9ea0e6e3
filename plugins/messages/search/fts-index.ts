/** The index of one log in SQLite's FTS5, in the worker thread: it must not import values from `chatserv`. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { IndexAnswer, IndexQuestion, ReadableRoom } from 'chatserv';
import type { TextBatch, TextChange } from './text-index.ts';
import { wordsIn } from './words.ts';

/** How far the index is. */
export interface FtsState {
  /** It has everything up to this entry, which was appended at `time`. */
  readonly cursor: number;
  readonly time: number;
  /** How many messages it holds. */
  readonly count: number;
}

/** One slice of a search. */
export interface FtsQuestion extends Omit<IndexQuestion, 'time'> {
  /** Whether to look only at messages in the rooms: slow at first, but sure to end soon where few match. */
  readonly narrow: boolean;
}

/** The tables. `VERSION` numbers them too. */
export const SCHEMA = `
  CREATE VIRTUAL TABLE message USING fts5(
    room UNINDEXED,
    time UNINDEXED,
    edit UNINDEXED,                         -- the id of the edit that the text is from; 0 for none
    body,                                   -- the words
    scope,                                  -- r<room>, s<sender>, and in direct conversations m<member> of each
    tokenize = 'ascii', columnsize = 0      -- as wordsIn splits texts, blanks split the words
  );
  -- No word of a removed text stays in the index.
  INSERT INTO message (message, rank) VALUES ('secure-delete', 1);
  CREATE TABLE day (                        -- the messages of each day
    day INTEGER PRIMARY KEY,                -- since 1970
    first INTEGER NOT NULL,                 -- the lowest id
    last INTEGER NOT NULL                   -- the highest id
  ) STRICT;
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log TEXT NOT NULL,                      -- MessageLog.identity
    cursor INTEGER NOT NULL,
    time INTEGER NOT NULL
  ) STRICT;
`;

/** In milliseconds. */
const DAY = 86_400_000;

/** How long a slice of a search takes, in milliseconds. */
const SLICE = 25;

/** How many matches to look at before the clock. */
const LOOKED_AT = 64;

/** Up to so many rooms the index finds what is in one of them; a list of more takes longer than looking at each match. */
const FEW_ROOMS = 16;

/** An index in an open database. */
export class FtsIndex {
  readonly #db: DatabaseSync;
  readonly #most: number;
  #count: number;
  readonly #statements: Readonly<
    Record<
      'add' | 'get' | 'edit' | 'remove' | 'day' | 'move' | 'state' | 'ids' | 'first' | 'last' | 'search',
      StatementSync
    >
  >;

  /** @param most how many messages it holds; the oldest make room for new ones */
  constructor(db: DatabaseSync, most: number) {
    this.#db = db;
    this.#most = most;
    const search = db.prepare(
      `SELECT rowid, room, time, edit, scope FROM message WHERE message MATCH ? AND rowid > ? AND rowid < ?
       ORDER BY rowid DESC`,
    );
    search.setReturnArrays(true);
    this.#statements = {
      add: db.prepare('INSERT INTO message (rowid, room, time, edit, body, scope) VALUES (?, ?, ?, 0, ?, ?)'),
      get: db.prepare('SELECT 1 FROM message_content WHERE id = ?'),
      edit: db.prepare('UPDATE message SET body = ?2, edit = ?3 WHERE rowid = ?1'),
      remove: db.prepare('DELETE FROM message WHERE rowid = ?'),
      day: db.prepare(
        `INSERT INTO day VALUES (?1, ?2, ?2)
         ON CONFLICT (day) DO UPDATE SET first = min(first, ?2), last = max(last, ?2)`,
      ),
      move: db.prepare('UPDATE state SET cursor = ?, time = ?'),
      state: db.prepare('SELECT cursor, time FROM state'),
      ids: db.prepare('SELECT id FROM message_content WHERE id > ? ORDER BY id LIMIT ?'),
      first: db.prepare('SELECT min(first) AS id FROM day WHERE day >= ?'),
      last: db.prepare('SELECT max(last) AS id FROM day WHERE day <= ?'),
      search,
    };
    this.#count = (db.prepare('SELECT count(*) AS n FROM message_content').get() as { n: number }).n;
  }

  state(): FtsState {
    const { cursor, time } = this.#statements.state.get() as { cursor: number; time: number };
    return { cursor, time, count: this.#count };
  }

  /** Adds what follows the cursor. A batch that follows another entry is ignored. @returns how far the index is then */
  apply({ after, upTo, time, changes }: TextBatch): FtsState {
    const { cursor } = this.state();
    if (after !== cursor) return this.state();
    const count = this.#count;
    const days = new Map<number, number[]>();
    const isLess = this.#inTransaction(() => {
      let isLess = false;
      for (const change of changes) {
        if (change[0] === 'add') {
          this.#add(change[1]);
          const day = Math.floor(change[1].time / DAY);
          days.set(day, [days.get(day)?.[0] ?? change[1].id, change[1].id]);
        } else {
          isLess =
            (change[0] === 'edit' ? this.#edit(change[1], change[2], change[3]) : this.#remove(change[1])) || isLess;
        }
      }
      for (const [day, ids] of days) for (const id of ids) this.#statements.day.run(day, id);
      this.#statements.move.run(upTo, time);
      return isLess;
    }, count);
    if (isLess) this.#empty();
    this.#makeRoom();
    return this.state();
  }

  /** Removes messages, at once and without a trace. */
  forget(ids: readonly number[]): void {
    const removed = this.#inTransaction(() => ids.filter((id) => this.#remove(id)));
    if (removed.length > 0) this.#empty();
  }

  /** The ids of up to `limit` messages above `after`. */
  ids(after: number, limit: number): number[] {
    return (this.#statements.ids.all(after, limit) as { id: number }[]).map(({ id }) => id);
  }

  /** Searches for one slice. */
  search(question: FtsQuestion): IndexAnswer {
    const { rooms, member, from, to, limit } = question;
    if (rooms.length === 0 && member === undefined) return { found: [] };
    const spans = new Map<number, ReadableRoom[]>();
    for (const room of rooms) spans.set(room[0], [...(spans.get(room[0]) ?? []), room]);
    const [low, high] = this.#between(question);
    const match = matchOf(question, [...spans.keys()]);
    const mine = ` m${tokenOf(member?.account ?? 0)} `;
    const found: (readonly [number, number])[] = [];
    const end = performance.now() + SLICE;
    let seen = 0;
    const rows = this.#statements.search.iterate(match, low, high) as unknown as Iterable<
      readonly [id: number, room: number, time: number, edit: number, scope: string]
    >;
    for (const [id, room, time, edit, scope] of rows) {
      const isReadable =
        spans.get(room)?.some(([, since, until]) => since < id && (until === 0 || id < until)) ??
        (member !== undefined && id > member.since && ` ${scope} `.includes(mine));
      if (isReadable && time >= (from ?? time) && time < (to ?? time + 1)) found.push([id, edit]);
      if (found.length >= limit || (++seen % LOOKED_AT === 0 && performance.now() > end)) return { found, reached: id };
    }
    return { found };
  }

  /** The ids between which the matches are. */
  #between({ rooms, member, below, from, to }: FtsQuestion): [number, number] {
    const first = from === undefined ? 0 : this.#statements.first.get(Math.floor(from / DAY))?.id;
    const last = to === undefined ? below : this.#statements.last.get(Math.floor((to - 1) / DAY))?.id;
    const since = Math.min(...rooms.map(([, since]) => since), member?.since ?? Number.POSITIVE_INFINITY);
    const none = Number.MAX_SAFE_INTEGER;
    return [
      Math.min(none, Math.max(since, Number(first ?? none) - 1)),
      Math.min(below, last === null ? 0 : Number(last) + 1),
    ];
  }

  #add({ id, room, sender, members, time, text }: Extract<TextChange, readonly ['add', unknown]>[1]): void {
    // Ids are used again after another program has emptied the log.
    this.#remove(id);
    const scope = [`r${room}`, `s${tokenOf(sender)}`, ...(members ?? []).map((member) => `m${tokenOf(member)}`)];
    this.#statements.add.run(id, room, time, indexed(text), scope.join(' '));
    this.#count++;
  }

  /** @returns whether the index had the message */
  #edit(id: number, edit: number, text: string): boolean {
    if (this.#statements.get.get(id) === undefined) return false;
    this.#statements.edit.run(id, indexed(text), edit);
    return true;
  }

  #remove(id: number): boolean {
    if (this.#statements.get.get(id) === undefined) return false;
    this.#statements.remove.run(id);
    this.#count--;
    return true;
  }

  #makeRoom(): void {
    if (this.#count > this.#most) this.forget(this.ids(0, this.#count - this.#most));
  }

  /** Empties the write-ahead log: it holds texts that were removed. */
  #empty(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #inTransaction<Value>(act: () => Value, count = this.#count): Value {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const value = act();
      this.#db.exec('COMMIT');
      return value;
    } catch (error) {
      this.#count = count;
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** The query for FTS5. */
function matchOf({ phrases, sender, member, narrow }: FtsQuestion, rooms: readonly number[]): string {
  const scopes = rooms.map((room) => `r${room}`);
  if (member !== undefined) scopes.push(`m${tokenOf(member.account)}`);
  const terms = phrases.map((words) => `body : "${words.join(' ')}"`);
  if (sender !== undefined) terms.push(`scope : s${tokenOf(sender)}`);
  if (narrow || scopes.length <= FEW_ROOMS || terms.length === 0) terms.push(`scope : (${scopes.join(' OR ')})`);
  return terms.join(' AND ');
}

/** A text as FTS5 gets it. */
function indexed(text: string): string {
  return wordsIn(text).join(' ');
}

/** An account's id as a part of a word. Guests have negative ones. */
function tokenOf(account: number): string {
  return account < 0 ? `n${-account}` : String(account);
}
