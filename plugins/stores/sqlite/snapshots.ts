/** Loaded by both threads: it must not import values from `chatserv`, as in worker.ts. */
import { DatabaseSync } from 'node:sqlite';
import { type Outcome, type Request, snapshotRunner } from './batch.ts';
import type { OpenedFile } from './serve.ts';

/** Reads a database over a connection of its own, which sees committed data. */
export class Snapshots {
  readonly #opened: Pick<OpenedFile, 'file' | 'busyTimeout'>;
  #db: DatabaseSync | undefined;
  #runner: ReturnType<typeof snapshotRunner> | undefined;

  constructor(opened: Pick<OpenedFile, 'file' | 'busyTimeout'>) {
    this.#opened = opened;
  }

  /** Runs a batch of reads. The first one opens the file, which exists and is migrated by then. */
  run(requests: readonly Request[]): Outcome[] {
    const { file, busyTimeout } = this.#opened;
    try {
      this.#db ??= new DatabaseSync(file, { readOnly: true, timeout: busyTimeout });
      this.#runner ??= snapshotRunner(this.#db, file);
      return this.#runner(requests);
    } catch (error) {
      const failed = `The database ${file} could not be read: ${(error as Error).message}.`;
      return requests.map(() => ({ failed }));
    }
  }

  close(): void {
    this.#db?.close();
  }
}
