import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/**
 * Opens a database, makes it when there is none, and brings it to this version's schema.
 * @param busyTimeout how long to wait for another program's write, in milliseconds
 * @throws one sentence for a person: which file, what is wrong with it, what to do
 */
export function openDatabase(file: string, busyTimeout: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    makeFile(file);
    db = new DatabaseSync(file, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    migrate(db);
    // Only now: before, it might have been someone else's file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return db;
  } catch (error) {
    db?.close();
    throw new Error(`The database ${file} ${complaint(error)}.`, { cause: error });
  }
}

/** Makes the file, for its owner only. SQLite would make it readable for all, and gives its companions the file's mode. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // An existing file is not opened here: closing it would end the locks that this process holds on it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Runs the migrations that the file lacks, all or none, and finds out whether it may be written. */
function migrate(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  if (application !== APPLICATION_ID && (application || version || db.prepare('SELECT 1 FROM sqlite_schema').get())) {
    throw new Unfit('belongs to another program: set the option file of the plugin sqlite to another place');
  }
  if (version > MIGRATIONS.length) {
    throw new Unfit(
      `was written by a newer chatserv (its schema is ${version}, this one knows ${MIGRATIONS.length}): ` +
        'install that version, or set the option file of the plugin sqlite to another place',
    );
  }
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  // Also when it says so already: a file that is open for reading only is found out by a write, and by nothing before.
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec('COMMIT');
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** A file that is well, but not for us. */
class Unfit extends Error {}

const UNWRITABLE =
  "cannot be written: give the server's user the right to write to the file and its folder, " +
  'or set the option file of the plugin sqlite to another place';

/** What SQLite's result codes mean for who runs the server. */
const COMPLAINTS: Readonly<Record<number, string>> = {
  5: 'is locked by another program: end that one',
  8: UNWRITABLE,
  11: 'is damaged: put a backup in its place',
  13: 'does not fit on its disk: make room there',
  14: UNWRITABLE,
  26: 'is not a database: move it away, or set the option file of the plugin sqlite to another place',
};

function complaint(error: unknown): string {
  const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
  if (error instanceof Unfit) return message;
  // The low byte is the kind of failure, what is above it the detail.
  const known = errcode === undefined ? undefined : COMPLAINTS[errcode & 0xff];
  if (known) return `${known} (${message})`;
  return errcode === undefined && code ? `${UNWRITABLE} (${message})` : `cannot be used: ${message}`;
}
