import { type BigIntStats, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** How much of a write-ahead log is its header, and how much the header of a frame, in bytes. */
const LOG_HEADER = 32n;
const FRAME_HEADER = 24n;

interface Known {
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
  /** The largest that it was seen. */
  size: bigint;
}

/**
 * The files of a database that this process has open, and whether they are still the ones in their places: SQLite writes
 * on into a file that was removed, and nobody would find there what it says is written.
 */
export class OpenFiles {
  readonly #db: DatabaseSync;
  readonly #database: Known;
  readonly #log: Known;
  readonly #all: readonly Known[];
  readonly #tell: (loss: string) => void;
  #loss: string | undefined;

  /**
   * @param file its real path
   * @param path a path that leads there, over links
   * @param tell called once, as soon as it is noticed that files are not the same any more
   */
  constructor(db: DatabaseSync, file: string, path: string, tell: (loss: string) => void) {
    this.#db = db;
    this.#tell = tell;
    // SQLite makes the write-ahead log when something is first read.
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    this.#database = known(file);
    this.#log = known(`${file}-wal`);
    this.#all = [this.#database, this.#log, known(`${file}-shm`), ...(path === file ? [] : [known(path)])];
  }

  /** Names the file that is open, whatever its path. */
  get identity(): string {
    return `${this.#database.dev}:${this.#database.ino}`;
  }

  /**
   * Looks whether what is committed now will be there after a restart. It costs a few microseconds.
   * @returns why not, as a sentence; the same from then on: only a restart opens the files that are there
   */
  lost(): string | undefined {
    if (this.#loss === undefined) {
      this.#loss = this.#find();
      if (this.#loss !== undefined) this.#tell(this.#loss);
    }
    return this.#loss;
  }

  #find(): string | undefined {
    for (const one of this.#all) {
      const what = this.#changeOf(one);
      if (what === undefined) continue;
      return (
        `The file ${one.path} was ${what} while the server has the database open: messages would be lost from now on, ` +
        'and is refused. Stop the server, see that the right files are there, and start it again.'
      );
    }
    return undefined;
  }

  #changeOf(one: Known): string | undefined {
    const now = statSync(one.path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined) return 'removed';
    if (now.ino !== one.ino || now.dev !== one.dev) return 'replaced';
    if (now.size < one.size && this.#isTooShort(one)) return 'truncated';
    one.size = now.size;
    return undefined;
  }

  /** Whether a file that has become shorter lacks something: others may vacuum the database, or empty the log. */
  #isTooShort(one: Known): boolean {
    const needed = this.#needed(one);
    // Again: what another process has appended meanwhile is among what is needed.
    return statSync(one.path, { bigint: true }).size < needed;
  }

  #needed(one: Known): bigint {
    const page = this.#number('page_size');
    if (one === this.#log) {
      // Of all checkpoints this is the one that only counts. To SQLite before 3.51 it is a passive one, which does no harm.
      const frames = this.#number('wal_checkpoint(NOOP)', 'log');
      return frames === 0n ? 0n : LOG_HEADER + frames * (FRAME_HEADER + page);
    }
    return one.ino === this.#database.ino ? page * this.#number('page_count') : one.size;
  }

  #number(pragma: string, column = pragma): bigint {
    return BigInt(Number(this.#db.prepare(`PRAGMA ${pragma}`).get()?.[column]));
  }
}

function known(path: string): Known {
  const { dev, ino, size }: BigIntStats = statSync(path, { bigint: true });
  return { path, dev, ino, size };
}
