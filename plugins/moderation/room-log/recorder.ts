import { type Entry, type MessageLog, roomChangeIn } from 'chatserv';
import { actIn, mayTell } from './acts.ts';
import type { Journal } from './journal.ts';

/** How many entries are read at a time. */
const PAGE = 500;

/** After how many entries the position is stored, even if none of them tells an act. */
const STORE_EVERY = 1000;

/** Notes the acts that entries of the log tell, in their order; after a start also those that it has missed. */
export class Recorder {
  readonly #log: MessageLog;
  readonly #journal: Journal;
  readonly #failed: (cause: unknown) => void;
  readonly #pause: () => Promise<void>;
  /** The last work on new entries. */
  #working: Promise<void> = Promise.resolve();
  /** Whether the entries from before the start are noted. Until then a position in the new ones is not stored. */
  #isCaughtUp = false;
  #sinceStored = 0;

  /**
   * @param failed called when an entry could not be noted
   * @param pause lets other work have its turn, between two pages of a long log
   */
  constructor(log: MessageLog, journal: Journal, failed: (cause: unknown) => void, pause: () => Promise<void>) {
    this.#log = log;
    this.#journal = journal;
    this.#failed = failed;
    this.#pause = pause;
  }

  /** Follows the log. */
  readonly follow = (entries: readonly Entry[]): void => {
    this.#sinceStored += entries.length;
    const isOver = this.#sinceStored >= STORE_EVERY;
    if (!isOver && !entries.some(mayTell)) return;
    this.#sinceStored = 0;
    const last = entries.at(-1)?.id ?? 0;
    this.#working = this.#working.then(async () => {
      try {
        await this.#note(entries);
        if (this.#isCaughtUp) await this.#journal.setPosition(last);
      } catch (cause) {
        this.#failed(cause);
      }
    });
  };

  /** Waits until what was done so far is noted. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Notes the acts of entries that were appended while the plugin was not at work. @throws when they cannot be read */
  async catchUp(signal: AbortSignal): Promise<void> {
    let position = await this.#journal.position();
    // Without rooms there are no acts, however long the log is.
    const hasRooms = (await this.#log.rooms(0, 1)).length > 0;
    for (let read = 0; hasRooms && !signal.aborted; ) {
      const page = await this.#log.entries(position, PAGE);
      await this.#note(page);
      position = page.at(-1)?.id ?? position;
      read += page.length;
      // A store in which nothing has happened stays empty, so that an archive can be imported into it.
      if (read >= STORE_EVERY || page.some(mayTell)) await this.#journal.setPosition(position);
      if (page.length < PAGE) break;
      await this.#pause();
    }
    this.#isCaughtUp = !signal.aborted;
  }

  async #note(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      if (!mayTell(entry)) continue;
      if (roomChangeIn(entry)?.change === 'deleted') await this.#journal.dropRoom(entry.room);
      else {
        const act = await actIn(entry, this.#log);
        if (act !== undefined) await this.#journal.add(entry.room, act, entry.id);
      }
    }
  }
}
