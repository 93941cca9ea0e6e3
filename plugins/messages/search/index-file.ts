/** The database of an index, in the worker thread: it must not import `chatserv`. */
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA } from './fts-index.ts';
import { VERSION } from './words.ts';

/** Names the program in the header of the file: `cssi`, the search index of chatserv. */
const APPLICATION_ID = 0x63_73_73_69;

/** Where the header of an SQLite file has the program, and how long the header is, in bytes. */
const APPLICATION_AT = 68;
const HEADER = 100;
const MAGIC = 'SQLite format 3\0';

/** The page cache, in KiB. */
const CACHE = 16 * 1024;

/**
 * Opens the index of a log. One that is missing or damaged, of another version or of another log is begun anew.
 * @param file undefined for one in memory
 * @param log identifies the log
 * @param fresh whether to begin anew in any case
 * @throws when the file is something else, or cannot be used
 */
export function openIndexFile(file: string | undefined, log: string, fresh: boolean): DatabaseSync {
  if (file === undefined) return create(':memory:', log);
  mustBeOurs(file);
  if (fresh) remove(file);
  // The index holds messages: only its owner may read it.
  closeSync(openSync(file, 'a', 0o600));
  try {
    const db = open(file);
    if (isOf(db, log)) return db;
    db.close();
  } catch (error) {
    if (damageOf(error) === 'unusable') throw error;
  }
  remove(file);
  closeSync(openSync(file, 'a', 0o600));
  return create(file, log);
}

/**
 * What an error says about the index: `none` if it is the request's fault, `unusable` if it cannot be read or written now,
 * as on a full disk, `damaged` if it must be built anew.
 */
export type IndexDamage = 'none' | 'unusable' | 'damaged';

/** SQLite's codes for errors in a query, and for damaged files. */
const QUERY_ERROR = 1;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export function damageOf(error: unknown): IndexDamage {
  const { errcode = 0 } = error as { errcode?: number };
  if (errcode === QUERY_ERROR) return 'none';
  return [CORRUPT, NOT_A_DATABASE].includes(errcode & 0xff) ? 'damaged' : 'unusable';
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    // A commit need not wait for the disk: after a power cut the index has less, and follows the log again.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON`);
    db.exec(`PRAGMA cache_size = -${CACHE}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function create(file: string, log: string): DatabaseSync {
  const db = open(file);
  db.exec(`BEGIN; ${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`);
  db.prepare('INSERT INTO state VALUES (1, ?, 0, 0)').run(log);
  db.exec('COMMIT');
  return db;
}

function isOf(db: DatabaseSync, log: string): boolean {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  return version === VERSION && db.prepare('SELECT log FROM state').get()?.log === log;
}

/** @throws when a file is not empty and no index */
function mustBeOurs(file: string): void {
  const header = Buffer.alloc(HEADER);
  let length = 0;
  try {
    const opened = openSync(file, 'r');
    length = readSync(opened, header);
    closeSync(opened);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (length === 0) return;
  const isDatabase = header.toString('latin1', 0, MAGIC.length) === MAGIC;
  // A database of no program is one that was being created.
  if (!isDatabase || ![0, APPLICATION_ID].includes(header.readUInt32BE(APPLICATION_AT))) {
    throw new Error(`${file} is not a search index: move it away, or set the option file of the plugin search`);
  }
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}
