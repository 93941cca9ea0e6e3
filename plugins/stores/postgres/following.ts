import { type Entry, Followers } from 'chatserv';
import type { Queryable } from './database.ts';
import { ENTRY, type EntryRow, entryOf } from './entry-rows.ts';
import { AT_ONCE, toInt8 } from './limits.ts';

/** The followers of a log that several processes append to. They get entries in the order of their ids, each once. */
export class Following {
  readonly followers = new Followers();
  /** The followers of this process's own entries. */
  readonly own = new Followers();
  /** The id up to which the followers have all entries. */
  #told: number;

  constructor(head: number) {
    this.#told = head;
  }

  /** Passes on the entries of other processes up to an id; all of them if it is infinite. */
  async catchUp(queryable: Queryable, upTo = Number.POSITIVE_INFINITY): Promise<void> {
    while (this.#told < upTo) {
      const rows = await queryable.query<EntryRow>(
        `SELECT ${ENTRY} FROM entry e JOIN room r ON r.id = e.room WHERE e.id > $1 AND e.id <= $2 ORDER BY e.id LIMIT $3`,
        [this.#told, toInt8(upTo), AT_ONCE],
      );
      const isComplete = rows.length < AT_ONCE;
      this.#told = isComplete && Number.isFinite(upTo) ? upTo : (rows.at(-1)?.id ?? this.#told);
      this.#tell(rows.map(entryOf));
      if (isComplete) return;
    }
  }

  /** Passes on this process's own entries, which follow on those told so far. */
  told(entries: readonly Entry[]): void {
    this.#told = entries.at(-1)?.id ?? this.#told;
    this.#tell(entries);
    this.own.note(entries);
    this.own.tell();
  }

  #tell(entries: readonly Entry[]): void {
    this.followers.note(entries);
    this.followers.tell();
  }
}
