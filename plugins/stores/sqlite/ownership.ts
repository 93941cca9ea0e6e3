import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as passed } from 'node:timers/promises';
import { complaint, Unfit } from './complaint.ts';
import { chownLike, makeFile } from './make-file.ts';

/** How long to wait for another process, in milliseconds: one that was just killed may not be quite gone. */
const PATIENCE = 1000;

/** How often to try meanwhile, in milliseconds. */
const TRY_EVERY = 50;

/** SQLite's result codes for a lock that another connection holds, and for what is no database. */
const BUSY = 5;
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/**
 * The right of one process to serve a database, or to change it as a whole. Others may still read it and write single
 * things, as `chatserv user add` does beside a server.
 *
 * The owner holds a write lock on a tiny database beside the real one, in a transaction that never ends. The system takes
 * the lock back when the process ends, however it ends, so that nothing is left to clean up; readers are still let in, and
 * find the owner's process id there.
 */
export class Ownership {
  readonly #file: string;
  #db: DatabaseSync | undefined;

  /** @param file the database's real path */
  constructor(file: string) {
    this.#file = file;
  }

  /** @throws one sentence that names the owner when another process goes on having it */
  async take(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (this.#db === undefined) {
      try {
        this.takeNow(0);
      } catch (error) {
        if (!isTaken(error) || performance.now() > deadline) throw error;
        await passed(TRY_EVERY);
      }
    }
  }

  /**
   * Takes it, holding up this thread meanwhile.
   * @param timeout how long to wait for another process, in milliseconds
   * @throws one sentence that names the owner when there is another
   */
  takeNow(timeout: number): void {
    const place = `${this.#file}-owner`;
    let db: DatabaseSync | undefined;
    try {
      makeFile(place);
      chownLike(this.#file, place);
      db = new DatabaseSync(place, { timeout });
      db.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER, host TEXT); DELETE FROM owner');
      db.prepare('INSERT INTO owner VALUES (?, ?)').run(process.pid, hostname());
      db.exec('COMMIT; BEGIN IMMEDIATE');
      this.#db = db;
    } catch (error) {
      const why = unfitness(error, db, place);
      db?.close();
      throw complaint(this.#file, why ?? error);
    }
  }

  release(): void {
    this.#db?.close();
    this.#db = undefined;
  }
}

/** A database that another process owns. */
class Taken extends Unfit {}

function isTaken(error: unknown): boolean {
  return (error as Error).cause instanceof Taken;
}

/** Why a database cannot be owned; undefined for what may fail in any database. */
function unfitness(error: unknown, db: DatabaseSync | undefined, place: string): Unfit | undefined {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  if (code === BUSY && db) return new Taken(`is in use by ${ownerIn(db)}: stop that process, or use another database`);
  if (DAMAGED.has(code)) return new Unfit(`cannot be used while ${place} is damaged: remove that file`);
  return undefined;
}

function ownerIn(db: DatabaseSync): string {
  try {
    const { pid, host } = db.prepare('SELECT pid, host FROM owner').get() as { pid: number; host: string };
    return `the chatserv process ${pid}${host === hostname() ? '' : ` on ${host}`}`;
  } catch {
    return 'another chatserv process';
  }
}
