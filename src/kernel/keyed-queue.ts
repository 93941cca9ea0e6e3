/** Runs work on the same key one after the other, and work on different keys concurrently. */
export class KeyedQueue<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /**
   * Runs work once all earlier work on its key has settled.
   * @param work called at once if there is none. `waited`: whether there was any
   * @returns what the work returns
   */
  async run<T>(key: Key, work: (waited: boolean) => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const running = before === undefined ? work(false) : before.then(() => work(true));
    const settled = running.catch(() => {});
    this.#last.set(key, settled);
    try {
      return await running;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
