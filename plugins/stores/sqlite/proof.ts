import type { DatabaseSync } from 'node:sqlite';

/** How often something is written while nothing has failed, in milliseconds: it shall cost the disk next to nothing. */
const EVERY = 30_000;

/** How much is written then, and after a failure, in bytes: more than any message. */
const LITTLE = 1;
const MUCH = 64 * 1024;

/** How long to wait while another program writes, in milliseconds: everyone who reads waits, too. */
const PATIENCE = 1000;

/** Proves that a database can be written, by writing to it where that has become doubtful. */
export class Proof {
  readonly #db: DatabaseSync;
  readonly #write: (bytes: number) => void;
  readonly #busyTimeout: number;
  /** When it last wrote. */
  #at = Number.NEGATIVE_INFINITY;
  #doubtful = false;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#busyTimeout = Number(db.prepare('PRAGMA busy_timeout').get()?.timeout);
    // Other bytes each time: SQLite does not write what a page holds already.
    const write = db.prepare('INSERT OR REPLACE INTO proof (id, filler) VALUES (1, randomblob(?))');
    this.#write = (bytes) => void write.run(bytes);
  }

  /** A write has failed. */
  doubt(): void {
    this.#doubtful = true;
  }

  /** @throws when the database cannot be written */
  demand(): void {
    this.#db.exec(`PRAGMA busy_timeout = ${Math.min(PATIENCE, this.#busyTimeout)}`);
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const isDue = this.#doubtful || performance.now() >= this.#at + EVERY;
      if (isDue) this.#write(this.#doubtful ? MUCH : LITTLE);
      this.#db.exec('COMMIT');
      if (isDue) this.#at = performance.now();
      this.#doubtful = false;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#doubtful = true;
      throw error;
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${this.#busyTimeout}`);
    }
  }
}
