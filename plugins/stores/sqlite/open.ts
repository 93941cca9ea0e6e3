import { DatabaseSync } from 'node:sqlite';
import { complaint, Unfit } from './complaint.ts';
import { keepCopy, mustHaveRoom } from './keep-copy.ts';
import { writesOfOthers } from './others.ts';
import { Ownership } from './ownership.ts';
import { readRedactions, redactionsFile } from './redactions.ts';
import { replayRedactions } from './replay.ts';
import { APPLICATION_ID, createSchema, KEPT_BEFORE, MIGRATIONS } from './schema.ts';
import type { MigrationProgress } from './serve.ts';

/** The size in bytes from which a migration may take seconds. */
const LARGE = 32 * 2 ** 20;

/** How often progress is reported, in milliseconds. */
const REPORT_EVERY = 5000;

/**
 * The page size of a new file, in bytes. Each commit rewrites the last page of a table and the page of each room in an
 * index, so small pages write less. SQLite keeps the page size of an existing file.
 */
export const PAGE_SIZE = 1024;

/** The size of the write-ahead log at which a commit copies it into the database, in bytes. */
const CHECKPOINT_AT = 2 * 2 ** 20;

/** The page cache during a migration, in KiB. */
const MIGRATION_CACHE = 64 * 1024;

type Report = (progress: MigrationProgress) => void;

/**
 * Opens a database, migrates it to this version's schema, and removes again what was redacted since it was copied, if it is
 * a backup that somebody put in place.
 * @param file its real path
 * @param busyTimeout how long to wait for another program's write, in milliseconds
 * @param owned whether this process owns the database
 * @param migrating called when a migration starts that copies the file or takes long, and then with its progress
 * @param copies whether a copy is kept of a file that older versions could not read after its migration
 * @throws one sentence for a person: which file, what is wrong with it, what to do
 */
export function openDatabase(
  file: string,
  busyTimeout: number,
  owned: boolean,
  migrating: Report = () => {},
  copies = true,
): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
    if (owned || versionOf(db) === MIGRATIONS.length) {
      migrate(db, file, migrating, copies);
    } else {
      // A running server relies on the schema it knows.
      const ownership = new Ownership(file);
      ownership.takeNow(busyTimeout);
      try {
        migrate(db, file, migrating, copies);
      } finally {
        ownership.release();
      }
    }
    // Not before the file is known to be ours. With secure_delete no deleted text stays in the file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_AT / pragma(db, 'page_size')}`);
    replayRedactions(db, readRedactions(redactionsFile(file)));
    return db;
  } catch (error) {
    db?.close();
    throw complaint(file, error);
  }
}

/** The version of the schema. @throws Unfit when this chatserv cannot use it */
export function versionOf(db: DatabaseSync): number {
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  if (application !== APPLICATION_ID && (application || version || db.prepare('SELECT 1 FROM sqlite_schema').get())) {
    throw new Unfit('belongs to another program: set the option file of the plugin sqlite to another path');
  }
  if (version > MIGRATIONS.length) {
    throw new Unfit(
      `was written by a newer chatserv (its schema is ${version}, this one knows ${MIGRATIONS.length}): ` +
        'install that version, or set the option file of the plugin sqlite to another path',
    );
  }
  return version;
}

/** Runs the missing migrations in one transaction. Also proves that the file can be written. */
function migrate(db: DatabaseSync, file: string, report: Report, copies: boolean): void {
  const othersWrote = writesOfOthers(db);
  const version = versionOf(db);
  const kept = copies ? KEPT_BEFORE.find(({ version: from }) => version > 0 && version < from) : undefined;
  const bytes = pragma(db, 'page_count') * pragma(db, 'page_size');
  const backup = kept && prepareCopy(db, file, kept.name, bytes);
  db.exec('BEGIN IMMEDIATE');
  if (backup !== undefined && othersWrote()) {
    // The copy is out of date.
    db.exec('ROLLBACK');
    migrate(db, file, report, copies);
    return;
  }
  const from = versionOf(db);
  if (from < MIGRATIONS.length) {
    if (backup !== undefined || bytes >= LARGE) report({ bytes, part: 0, backup });
    const cache = pragma(db, 'cache_size');
    db.exec(`PRAGMA cache_size = -${MIGRATION_CACHE}; PRAGMA secure_delete = ON`);
    let reported = performance.now();
    createSchema(db, from, (part) => {
      if (performance.now() - reported < REPORT_EVERY) return;
      reported = performance.now();
      report({ bytes, part, backup });
    });
    db.exec(`PRAGMA cache_size = ${cache}`);
  }
  // Even if they are set already: only a write shows that the file is not read-only.
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec('COMMIT');
  // The write-ahead log has grown to the size of what was migrated, and SQLite would reuse it at that size.
  if (from < MIGRATIONS.length) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Keeps a copy of a database whose migrated form older versions cannot read. @returns its path */
function prepareCopy(db: DatabaseSync, file: string, name: string, bytes: number): string {
  mustHaveRoom(file, bytes);
  return keepCopy(db, file, name);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
