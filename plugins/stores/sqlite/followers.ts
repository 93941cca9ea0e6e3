import type { Entry, Follower } from 'chatserv';

/** Those who follow the log, and what they are told next. */
export class Followers {
  readonly #followers = new Set<{ readonly follower: Follower }>();
  #entries: Entry[] = [];

  /** @returns ends it */
  add(follower: Follower): () => void {
    const one = { follower };
    this.#followers.add(one);
    return () => void this.#followers.delete(one);
  }

  /** Notes entries, in the order of their ids. */
  note(entries: readonly Entry[]): void {
    if (this.#followers.size === 0) return;
    for (const entry of entries) this.#entries.push(entry);
  }

  /** Tells what was noted. One that throws keeps nobody from being told. */
  tell(): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    for (const { follower } of [...this.#followers]) {
      try {
        follower(entries);
      } catch {
        // It has mistakes of its own.
      }
    }
  }
}
