import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Unfit } from './complaint.ts';
import { chownLike } from './make-file.ts';

/** How many bytes to compare at a time. */
const COMPARED = 2 ** 20;

/**
 * How many times its own size a database needs for a migration that at most doubles it: once for the copy, twice for the
 * write-ahead log, which holds the new database, and once to grow.
 */
export const NEEDED = 4;

/** Free space to keep in reserve, in bytes. */
const RESERVE = 2 ** 20;

/**
 * Checks that the disk has room for a migration that rewrites the whole database.
 * @throws Unfit with the space it needs
 */
export function mustHaveRoom(file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  const needed = bytes * NEEDED + RESERVE;
  if (bavail * bsize >= needed) return;
  const inMiB = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`;
  throw new Unfit(
    `has to be migrated to a newer schema, which needs ${inMiB(needed)} of free space on its disk for a while, and ` +
      `${inMiB(bavail * bsize)} are available: free some space`,
  );
}

/**
 * Writes a copy of a database beside it, readable for its owner only, and syncs it. It never replaces an earlier copy,
 * and reuses one with the same bytes.
 * @param name the suffix of the copy's name
 * @returns the copy's path
 */
export function keepCopy(db: DatabaseSync, file: string, name: string): string {
  const part = `${file}.${name}-part`;
  rmSync(part, { force: true });
  // SQLite would make it readable for everyone.
  closeSync(openSync(part, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(part);
    return keep(part, file, name);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/**
 * Keeps the bytes of a database that SQLite cannot read, as `keepCopy` does. With a write-ahead log there are two files.
 * @returns the copy's path
 */
export function keepBytes(file: string, name: string): string {
  const part = `${file}.${name}-part`;
  rmSync(part, { force: true });
  try {
    copyFileSync(file, part, constants.COPYFILE_FICLONE);
    chownLike(file, part);
    const copy = keep(part, file, name);
    if (existsSync(`${file}-wal`)) {
      copyFileSync(`${file}-wal`, `${copy}-wal`);
      sync(`${copy}-wal`);
    }
    return copy;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Gives a complete copy a name that no file has, or discards it for an earlier one with the same bytes. @returns its path */
function keep(part: string, file: string, name: string): string {
  sync(part);
  for (let number = 1; ; number++) {
    const copy = `${file}.${name}${number === 1 ? '' : `-${number}`}`;
    if (existsSync(copy)) {
      if (!isSame(part, copy)) continue;
      rmSync(part);
      return copy;
    }
    // Unlike rename, link never replaces a file.
    linkSync(part, copy);
    rmSync(part);
    sync(dirname(file));
    return copy;
  }
}

/** Writes a file or folder to the disk. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isSame(one: string, other: string): boolean {
  if (statSync(one).size !== statSync(other).size) return false;
  const [a, b] = [openSync(one, 'r'), openSync(other, 'r')];
  const [left, right] = [Buffer.alloc(COMPARED), Buffer.alloc(COMPARED)];
  try {
    for (;;) {
      const length = readSync(a, left);
      if (readSync(b, right) !== length || left.compare(right, 0, length, 0, length) !== 0) return false;
      if (length === 0) return true;
    }
  } finally {
    closeSync(a);
    closeSync(b);
  }
}
