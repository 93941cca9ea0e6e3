import type { Entry, Follower } from '../kernel/entry.ts';

/** Those who follow a log: for stores. */
export class Followers {
  readonly #followers = new Set<{ readonly follower: Follower }>();
  #untold: Entry[] = [];
  #isTelling = false;

  /** Has a follower told of the entries that are noted from now on. @returns ends it */
  add(follower: Follower): () => void {
    const one = { follower };
    this.#followers.add(one);
    return () => void this.#followers.delete(one);
  }

  /** Notes entries, in the order of their ids. */
  note(entries: readonly Entry[]): void {
    if (this.#followers.size > 0) for (const entry of entries) this.#untold.push(entry);
  }

  /** Tells of what was noted, in order also where a follower appends. One that throws keeps nobody from being told. */
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
          // Its own plugin's code has to deal with its errors.
        }
      }
    }
    this.#isTelling = false;
  }
}
