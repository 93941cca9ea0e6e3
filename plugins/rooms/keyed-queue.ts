/** Runs work on one room after the other, and work on different rooms at the same time. */
export class KeyedQueue {
  readonly #last = new Map<number, Promise<unknown>>();

  /** Runs work once all earlier work on its key is done. @returns what the work returns */
  async run<T>(key: number, work: () => Promise<T>): Promise<T> {
    const running = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const settled = running.catch(() => {});
    this.#last.set(key, settled);
    try {
      return await running;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
