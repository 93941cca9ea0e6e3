import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sync } from './keep-copy.ts';
import { chownLike } from './make-file.ts';
import { prepare } from './rows.ts';

/**
 * An entry whose text was removed for good. Its sender and time identify it beside its id: after a backup is restored, the
 * log may assign the id again.
 */
export interface Redaction {
  readonly id: number;
  readonly sender: number;
  /** When it was posted, in milliseconds since 1970. */
  readonly time: number;
  /** Whether the whole entry was removed, as by a purge. */
  readonly removed?: true | undefined;
}

const NEWLINE = 10;

/** The file beside a database that lists its redactions, one JSON object a line. It outlives the database. */
export function redactionsFile(database: string): string {
  return `${database}-redactions.jsonl`;
}

/**
 * Reads a file of redactions. Passes over lines that are incomplete, as a crash leaves them.
 * @returns none if the file does not exist
 */
export function readRedactions(path: string): Redaction[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(redactionsIn);
}

function redactionsIn(line: string): Redaction[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [];
  }
  const { id, sender, time, removed } = Object(value) as Redaction;
  if (![id, sender, time].every(Number.isSafeInteger)) return [];
  return [{ id, sender, time, ...(removed === true && { removed }) }];
}

/** Appends redactions to the file of a database, and syncs it. @throws when they cannot be written */
export function appendRedactions(database: string, redactions: readonly Redaction[]): void {
  if (redactions.length === 0) return;
  const path = redactionsFile(database);
  const isNew = !existsSync(path);
  const handle = openSync(path, 'a+', 0o600);
  try {
    const start = isTorn(handle) ? '\n' : '';
    writeSync(handle, start + redactions.map((redaction) => `${JSON.stringify(redaction)}\n`).join(''));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  if (!isNew) return;
  chownLike(database, path);
  sync(dirname(path));
}

/** Whether a file ends within a line. */
function isTorn(handle: number): boolean {
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

/**
 * The redactions of a transaction. They are in the file before the transaction is committed, so none is ever missing there.
 * One that is there although its commit failed is carried out when the database is next opened.
 */
export class Redactions {
  readonly #database: string;
  readonly #find;
  #noted: Redaction[] = [];

  constructor(db: DatabaseSync, database: string) {
    this.#database = database;
    this.#find = prepare<{ sender: number; time: number }>(db, 'SELECT sender, time FROM entry WHERE id = ?');
  }

  /** How many are noted. */
  get length(): number {
    return this.#noted.length;
  }

  /** Notes an entry that is about to be blanked or removed. */
  note(id: number, removed?: true): void {
    const entry = this.#find.get(id);
    if (entry !== undefined)
      this.#noted.push({ id, sender: entry.sender, time: entry.time, ...(removed && { removed }) });
  }

  /** Drops all but the first `length`, whose requests were undone. */
  drop(length = 0): void {
    this.#noted.length = length;
  }

  /** Writes what is noted. @throws when it cannot be written; the transaction must then be rolled back */
  write(): void {
    appendRedactions(this.#database, this.#noted);
    this.#noted = [];
  }
}
