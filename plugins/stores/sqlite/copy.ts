import { closeSync, openSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID } from './schema.ts';

/** More pages than any database has. In several steps a copy would begin again whenever another connection writes. */
const ALL_PAGES = 2 ** 31 - 1;

/** What SQLite and chatserv keep beside a database. */
const COMPANIONS = ['-wal', '-shm', '-journal', '-owner'];

/** What every database of SQLite begins with, and where its application's id stands. */
const MAGIC = Buffer.from('SQLite format 3\0');
const APPLICATION_ID_AT = 68;

/**
 * Copies a database with SQLite's online backup, in one step: a snapshot, while others write on.
 * It has a connection of its own and runs in Node's thread pool, so neither the event loop nor the store waits for it.
 * @throws one sentence when the copy could not be written; then it is not there
 */
export async function copyDatabase(file: string, to: string): Promise<void> {
  // What begins with `file:` would be a URI to SQLite; no absolute path does.
  const path = resolve(to);
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    // SQLite would make it readable for all.
    closeSync(openSync(path, 'wx', 0o600));
    await backup(db, path, { rate: ALL_PAGES }).catch(async (cause: unknown) => {
      await rm(path, { force: true });
      throw cause;
    });
  } catch (cause) {
    throw new Error(`The database ${file} could not be copied to ${to}: ${(cause as Error).message}.`, { cause });
  } finally {
    db.close();
  }
}

/** Why a file must not be replaced by a copy of the database; undefined for an earlier copy, or an empty file. */
export async function copyObjection(file: string, copy: string): Promise<string | undefined> {
  const { dev, ino, size } = await stat(copy, { bigint: true });
  for (const own of [file, ...companionsOf(file)]) {
    const stats = await stat(own, { bigint: true }).catch(() => undefined);
    // First: whoever opens and closes a database ends the locks that this process holds on it.
    if (stats?.dev === dev && stats.ino === ino) return 'it belongs to the database being copied';
  }
  for (const companion of companionsOf(copy)) {
    if ((await stat(companion).catch(() => undefined)) !== undefined) {
      return `it is a database that is in use, or was: ${companion} is beside it`;
    }
  }
  if (size === 0n || (await isOurs(copy))) return undefined;
  return 'it is not a copy of a chatserv database';
}

function companionsOf(file: string): string[] {
  return COMPANIONS.map((end) => file + end);
}

/** Whether a file begins like a chatserv database. */
export async function isOurs(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(APPLICATION_ID_AT + 4) });
    return buffer.indexOf(MAGIC) === 0 && buffer.readInt32BE(APPLICATION_ID_AT) === APPLICATION_ID;
  } finally {
    await handle.close();
  }
}
