import { closeSync, existsSync, fsyncSync, linkSync, openSync, readSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Unfit } from './complaint.ts';

/** How many bytes are compared at once. */
const COMPARED = 2 ** 20;

/** As how many times its size a database needs beside itself: the copy, the write-ahead log, and what the file grows by. */
const NEEDED = 3;

/** What is left free, in bytes. */
const RESERVE = 2 ** 20;

/**
 * Sees that there is room to bring a database to a schema that writes all of it anew.
 * @throws Unfit with the number of bytes that are needed
 */
export function mustHaveRoom(file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  const needed = bytes * NEEDED + RESERVE;
  if (bavail * bsize >= needed) return;
  const inMiB = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`;
  throw new Unfit(
    `is to be brought to a newer schema, which needs ${inMiB(needed)} on its disk for a while, and ` +
      `${inMiB(bavail * bsize)} are free: make room there`,
  );
}

/**
 * Keeps a database as it is beside its file, for its owner only, on the disk when it returns. A copy that is there already
 * is never replaced; when it holds the same, it is the copy.
 * @param name what follows the file's name
 * @returns where the copy is
 */
export function keepCopy(db: DatabaseSync, file: string, name: string): string {
  const part = `${file}.${name}-part`;
  rmSync(part, { force: true });
  // SQLite would make it readable for all.
  closeSync(openSync(part, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(part);
    sync(part);
    for (let number = 1; ; number++) {
      const copy = `${file}.${name}${number === 1 ? '' : `-${number}`}`;
      if (existsSync(copy)) {
        if (!isSame(part, copy)) continue;
        rmSync(part);
        return copy;
      }
      // Unlike a renamed file, a linked one replaces none.
      linkSync(part, copy);
      rmSync(part);
      sync(dirname(file));
      return copy;
    }
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function sync(path: string): void {
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
