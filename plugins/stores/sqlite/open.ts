import { DatabaseSync } from 'node:sqlite';
import { complaint, Unfit } from './complaint.ts';
import { keepCopy, mustHaveRoom } from './keep-copy.ts';
import { writesOfOthers } from './others.ts';
import { Ownership } from './ownership.ts';
import { APPLICATION_ID, createSchema, KEPT_BEFORE, MIGRATIONS } from './schema.ts';
import type { MigrationProgress } from './serve.ts';

/** From how many bytes on it may take seconds to bring a file to a newer schema. */
const LARGE = 32 * 2 ** 20;

/** How often the progress is told, in milliseconds. */
const TELL_EVERY = 5000;

/** How much memory a migration keeps pages in, in KiB. */
const MIGRATION_CACHE = 64 * 1024;

type Tell = (progress: MigrationProgress) => void;

/**
 * Opens a database, and brings it to this version's schema.
 * @param file its real path
 * @param busyTimeout how long to wait for another program's write, in milliseconds
 * @param owned whether this process owns the database
 * @param migrating told before a file is brought to a newer schema, and then how far that is, where it takes a while or a copy is kept
 * @throws one sentence for a person: which file, what is wrong with it, what to do
 */
export function openDatabase(
  file: string,
  busyTimeout: number,
  owned: boolean,
  migrating: Tell = () => {},
): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    if (owned || versionOf(db) === MIGRATIONS.length) {
      migrate(db, file, migrating);
    } else {
      // A server that runs relies on the schema that it knows.
      const ownership = new Ownership(file);
      ownership.takeNow(busyTimeout);
      try {
        migrate(db, file, migrating);
      } finally {
        ownership.release();
      }
    }
    // Only now: before, it might have been someone else's file. What is redacted or forgotten leaves no text in the file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
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
function migrate(db: DatabaseSync, file: string, tell: Tell): void {
  const othersWrote = writesOfOthers(db);
  const version = versionOf(db);
  const kept = KEPT_BEFORE.find(({ version: from }) => version > 0 && version < from);
  const bytes = pragma(db, 'page_count') * pragma(db, 'page_size');
  const backup = kept && prepareCopy(db, file, kept.name, bytes);
  db.exec('BEGIN IMMEDIATE');
  if (backup !== undefined && othersWrote()) {
    // It is not what was copied any more.
    db.exec('ROLLBACK');
    migrate(db, file, tell);
    return;
  }
  const from = versionOf(db);
  if (from < MIGRATIONS.length) {
    if (backup !== undefined || bytes >= LARGE) tell({ bytes, part: 0, backup });
    const cache = pragma(db, 'cache_size');
    db.exec(`PRAGMA cache_size = -${MIGRATION_CACHE}; PRAGMA secure_delete = ON`);
    let told = performance.now();
    createSchema(db, from, (part) => {
      if (performance.now() - told < TELL_EVERY) return;
      told = performance.now();
      tell({ bytes, part, backup });
    });
    db.exec(`PRAGMA cache_size = ${cache}`);
  }
  // Also when it says so already: a file that is open for reading only is found out by a write, and by nothing before.
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec('COMMIT');
}

/** Keeps a copy of a database before a migration that older versions cannot read after. @returns where it is */
function prepareCopy(db: DatabaseSync, file: string, name: string, bytes: number): string {
  mustHaveRoom(file, bytes);
  return keepCopy(db, file, name);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
