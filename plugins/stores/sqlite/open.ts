import { DatabaseSync } from 'node:sqlite';
import { complaint, Unfit } from './complaint.ts';
import { Ownership } from './ownership.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/** From how many bytes on it may take seconds to bring a file to a newer schema. */
const LARGE = 32 * 2 ** 20;

/**
 * Opens a database, and brings it to this version's schema.
 * @param file its real path
 * @param busyTimeout how long to wait for another program's write, in milliseconds
 * @param owned whether this process owns the database
 * @param migrating told before a large file is brought to a newer schema, which takes a while
 * @throws one sentence for a person: which file, what is wrong with it, what to do
 */
export function openDatabase(
  file: string,
  busyTimeout: number,
  owned: boolean,
  migrating: (bytes: number) => void = () => {},
): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    if (owned || versionOf(db) === MIGRATIONS.length) {
      migrate(db, migrating);
    } else {
      // A server that runs relies on the schema that it knows.
      const ownership = new Ownership(file);
      ownership.takeNow(busyTimeout);
      try {
        migrate(db, migrating);
      } finally {
        ownership.release();
      }
    }
    // Only now: before, it might have been someone else's file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return db;
  } catch (error) {
    db?.close();
    throw complaint(file, error);
  }
}

/** The version of the schema. @throws Unfit when it is not one that this chatserv can use */
function versionOf(db: DatabaseSync): number {
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
  return version;
}

/** Runs the migrations that the file lacks, all or none, and finds out whether it may be written. */
function migrate(db: DatabaseSync, migrating: (bytes: number) => void): void {
  db.exec('BEGIN IMMEDIATE');
  const missing = MIGRATIONS.slice(versionOf(db));
  const bytes = pragma(db, 'page_count') * pragma(db, 'page_size');
  if (missing.length > 0 && bytes >= LARGE) migrating(bytes);
  for (const migration of missing) db.exec(migration);
  // Also when it says so already: a file that is open for reading only is found out by a write, and by nothing before.
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec('COMMIT');
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
