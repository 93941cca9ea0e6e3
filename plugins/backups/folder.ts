import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from 'chatserv';

/** A backup's name, with the time at which it was made (UTC). */
const NAME = /^chatserv-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/;

/** An unfinished backup. */
const PART = /^\.chatserv-[\w-]+\.part$/;

/** A folder of backups, each named after the time at which it was made. Other files in it are left alone. */
export class BackupFolder {
  readonly #path: string;
  /** The unfinished backup. */
  #part: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder, and removes what an earlier process left unfinished. @returns when the latest backup was made */
  open(): number | undefined {
    makeFolder(this.#path);
    const names = readdirSync(this.#path);
    for (const name of names) if (PART.test(name)) rmSync(join(this.#path, name), { force: true });
    const times = names.map(timeOf).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** The free space of its disk, in bytes. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#path);
    return bavail * bsize;
  }

  /**
   * Adds a backup, which has its name only once it is complete and on the disk.
   * @param copy writes it to a path where no file exists
   * @param time in milliseconds since 1970
   * @returns its path and size; undefined if `abandon` was called meanwhile
   */
  async add(copy: (path: string) => Promise<void>, time: number): Promise<{ file: string; bytes: number } | undefined> {
    const part = join(this.#path, `.chatserv-${randomUUID()}.part`);
    this.#part = part;
    try {
      await copy(part);
      if (this.#part !== part) return undefined;
      await sync(part);
      const file = join(this.#path, nameAt(time));
      const { size: bytes } = await stat(part);
      await rename(part, file);
      await sync(this.#path);
      return { file, bytes };
    } finally {
      await rm(part, { force: true });
      if (this.#part === part) this.#part = undefined;
    }
  }

  /** Discards the unfinished backup, if there is one. */
  abandon(): void {
    if (this.#part !== undefined) rmSync(this.#part, { force: true });
    this.#part = undefined;
  }

  /** Deletes all but the latest backups. */
  async keep(count: number): Promise<void> {
    const names = readdirSync(this.#path).filter((name) => NAME.test(name));
    const old = names.sort().slice(0, Math.max(0, names.length - count));
    for (const name of old) await rm(join(this.#path, name), { force: true });
  }
}

function nameAt(time: number): string {
  return `chatserv-${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z.db`;
}

function timeOf(name: string): number | undefined {
  const [, ...parts] = NAME.exec(name) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
