import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Account, type Clock, makeFolder } from 'chatserv';

/** Writes down who did what and when, as JSON lines, before it is done. */
export class Audit {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** @throws when it could not be written; then it is not to be done */
  async note(by: Account, did: string, what: string): Promise<void> {
    makeFolder(dirname(this.#file));
    const file = await open(this.#file, 'a', 0o600);
    try {
      const time = new Date(this.#clock.now()).toISOString();
      await file.appendFile(`${JSON.stringify({ time, by: by.name, did, what })}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
