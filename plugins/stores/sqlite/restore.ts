import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { constants, copyFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { complaint, Unfit } from './complaint.ts';
import { isOurs } from './copy.ts';
import { keepBytes, keepCopy, sync } from './keep-copy.ts';
import { LogEnd } from './log-end.ts';
import { chownLike } from './make-file.ts';
import { openDatabase, versionOf } from './open.ts';
import { Ownership } from './ownership.ts';
import { realPlace } from './place.ts';
import { appendRedactions, type Redaction, readRedactions, redactionsFile } from './redactions.ts';
import { indexAll, replayRedactions } from './replay.ts';
import { prepare } from './rows.ts';
import { MIGRATIONS } from './schema.ts';
import type { MigrationProgress } from './serve.ts';

/** The suffix of the copy of a database that a backup replaced. */
const KEPT = 'before-restore';

/** SQLite's result codes for a file that is damaged, or no database. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

export interface RestoreOptions {
  /** The database that the backup replaces; it need not exist. */
  readonly file: string;
  readonly backup: string;
  /** A file of redactions besides the database's own, such as that of another machine. */
  readonly redactions?: string | undefined;
  /** How long to wait while another program writes to the database, in milliseconds. */
  readonly busyTimeout: number;
  /** Called with the progress of a migration that takes long. */
  migrating?(progress: MigrationProgress): void;
}

/** What a restore has done. */
export interface Restored {
  /** The real path of the database. */
  readonly file: string;
  /** The copy of the database that was replaced; undefined if there was none. */
  readonly replaced: string | undefined;
  /** How many texts were removed again. */
  readonly redacted: number;
}

/** The greatest ids that a database has assigned. */
interface Ends {
  readonly entry: number;
  readonly room: number;
  readonly account: number;
}

interface Integrity {
  /** `ok`, or what is wrong. */
  readonly integrity_check: string;
}

const NO_ENDS: Ends = { entry: 0, room: 0, account: 0 };

/**
 * Puts a backup in place of a database. The backup is copied beside it, checked, migrated and cleared of what was redacted
 * since, and takes its place at once: whenever this is interrupted, the file is the old database or the whole new one.
 * @throws one sentence when that is impossible; then nothing has changed
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const file = realPlace(options.file);
  const backup = resolve(options.backup);
  const ownership = new Ownership(file);
  await ownership.take();
  const staged = `${file}.restoring`;
  try {
    removeDatabase(staged);
    await mustBeBackup(backup, file);
    const redactions = redactionsFor(file, options.redactions);
    await stage(backup, file, staged);
    const old = keepReplaced(file, options.busyTimeout);
    const redacted = prepareStaged(staged, backup, options, redactions, old.ends);
    for (const companion of [`${file}-wal`, `${file}-shm`]) rmSync(companion, { force: true });
    renameSync(staged, file);
    sync(dirname(file));
    return { file, replaced: old.copy, redacted };
  } catch (error) {
    throw complaint(file, error);
  } finally {
    removeDatabase(staged);
    ownership.release();
  }
}

/** @throws when the file is not a backup that can be copied as it is */
async function mustBeBackup(backup: string, file: string): Promise<void> {
  const stats = statSync(backup, { throwIfNoEntry: false });
  if (stats === undefined) throw refusal(backup, 'does not exist');
  if (!stats.isFile()) throw refusal(backup, 'is not a regular file');
  const { dev, ino } = statSync(file);
  if (stats.dev === dev && stats.ino === ino) throw refusal(backup, 'is the database itself');
  const log = statSync(`${backup}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) {
    throw refusal(backup, 'is in use, or was not closed: its latest changes are in the -wal file beside it');
  }
  if (!(await isOurs(backup))) throw refusal(backup, 'is not a chatserv database');
}

function refusal(backup: string, why: string): Error {
  return new Unfit(`was not changed: ${backup} ${why}`);
}

/** The redactions of a database and of another file, which are added to the database's own. */
function redactionsFor(file: string, more: string | undefined): Redaction[] {
  const own = readRedactions(redactionsFile(file));
  if (more === undefined) return own;
  if (!existsSync(more)) throw new Unfit(`was not changed: the file of redactions ${more} does not exist`);
  const known = new Set(own.map((redaction) => JSON.stringify(redaction)));
  const added = readRedactions(more).filter((redaction) => !known.has(JSON.stringify(redaction)));
  appendRedactions(file, added);
  return [...own, ...added];
}

/** Copies the backup beside the database, and checks the copy. */
async function stage(backup: string, file: string, staged: string): Promise<void> {
  await copyFile(backup, staged, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  chownLike(file, staged);
  const fault = faultIn(staged);
  if (fault !== undefined) throw refusal(backup, fault);
}

/** Why this chatserv cannot use a database; undefined if it can. */
function faultIn(file: string): string | undefined {
  const db = new DatabaseSync(file);
  try {
    versionOf(db);
    const { integrity_check: found } = prepare<Integrity>(db, 'PRAGMA integrity_check(1)').get() ?? {};
    return found === 'ok' ? undefined : `is damaged (${found})`;
  } catch (error) {
    const { message } = error as Error;
    return error instanceof Unfit ? message : `is damaged (${message})`;
  } finally {
    db.close();
  }
}

/** Keeps a copy of the database that is about to be replaced, and closes it for good, so that it has no write-ahead log. */
function keepReplaced(file: string, busyTimeout: number): { readonly copy?: string; readonly ends: Ends } {
  if (statSync(file).size === 0) return { ends: NO_ENDS };
  const db = new DatabaseSync(file, { timeout: busyTimeout });
  try {
    const ends = versionOf(db) === MIGRATIONS.length ? endsOf(db) : NO_ENDS;
    const copy = keepCopy(db, file, KEPT);
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (busy !== 0) throw new Unfit('is in use by another program: stop it');
    return { copy, ends };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { copy: keepBytes(file, KEPT), ends: NO_ENDS };
  } finally {
    db.close();
  }
}

function isDamage(error: unknown): boolean {
  return DAMAGED.has(((error as { errcode?: number }).errcode ?? 0) & 0xff);
}

function endsOf(db: DatabaseSync): Ends {
  const ends = prepare<Ends>(
    db,
    `SELECT max(indexed, (SELECT ifnull(max(id), 0) FROM entry)) AS entry,
       max(rooms_indexed, (SELECT max(id) FROM room)) AS room,
       (SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'accounts') AS account
     FROM log`,
  );
  return ends.get() ?? NO_ENDS;
}

/** Migrates the copy of a backup, and carries out what was redacted since. @returns how many redactions that were */
function prepareStaged(
  staged: string,
  backup: string,
  { busyTimeout, migrating }: RestoreOptions,
  redactions: readonly Redaction[],
  ends: Ends,
): number {
  let db: DatabaseSync | undefined;
  try {
    db = openDatabase(staged, busyTimeout, true, migrating, false);
    const redacted = replayRedactions(db, redactions);
    const last = redactions.reduce((greatest, { id }) => Math.max(greatest, id), ends.entry);
    continueIds(db, { ...ends, entry: last });
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return redacted;
  } catch (error) {
    throw refusal(backup, `could not be restored (${(error as Error).message})`);
  } finally {
    db?.close();
    if (existsSync(staged)) sync(staged);
  }
}

/**
 * Makes new ids follow those that the replaced database has assigned: clients drop messages whose ids they have seen.
 */
function continueIds(db: DatabaseSync, { entry, room, account }: Ends): void {
  db.exec('BEGIN IMMEDIATE');
  const end = new LogEnd(db);
  end.catchUp();
  indexAll(db, end);
  db.prepare('UPDATE log SET indexed = max(indexed, ?), rooms_indexed = max(rooms_indexed, ?)').run(entry, room);
  db.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'accounts'").run(account);
  db.exec('COMMIT');
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true });
}
