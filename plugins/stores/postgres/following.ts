import { type Entry, Followers } from 'chatserv';
import type { Queryable } from './database.ts';
import { ENTRY, type EntryRow, entryOf } from './entry-rows.ts';
import { AT_ONCE } from './limits.ts';

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

  /** Passes on the entries of other processes up to an id. */
  async catchUp(queryable: Queryable, upTo: number): Promise<void> {
    while (this.#told < upTo) {
      const rows = await queryable.query<EntryRow>(
        `SELECT ${ENTRY} FROM entry e JOIN room r ON r.id = e.room WHERE e.id > $1 AND e.id <= $2 ORDER BY e.id LIMIT $3`,
        [this.#told, upTo, AT_ONCE],
      );
      this.#told = rows.length < AT_ONCE ? upTo : (rows.at(-1)?.id ?? upTo);
      this.#tell(rows.map(entryOf));
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
