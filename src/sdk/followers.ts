import type { Entry, Follower } from '../api/entry.ts';

/** The followers of a log, for stores. */
export class Followers {
  readonly #followers = new Set<{ readonly follower: Follower }>();
  #untold: Entry[] = [];
  #isTelling = false;

  /** Adds a follower, which is given entries from now on. @returns removes it */
  add(follower: Follower): () => void {
    const one = { follower };
    this.#followers.add(one);
    return () => void this.#followers.delete(one);
  }

  /** Queues entries, in the order of their ids. */
  note(entries: readonly Entry[]): void {
    if (this.#followers.size > 0) for (const entry of entries) this.#untold.push(entry);
  }

  /** Gives queued entries to the followers, in order even when a follower appends some. Errors of a follower are ignored. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#untold.length > 0) {
      const entries = this.#untold;
      this.#untold = [];
      for (const { follower } of [...this.#followers]) {
        try {
          follower(entries);
        } catch {
          // A follower must handle its own errors.
        }
      }
    }
    this.#isTelling = false;
  }
}
