/** Does work that concerns one thing one after the other, and work on different things at once. */
export class Turns {
  readonly #last = new Map<number, Promise<void>>();

  /** @param about the id of what the work concerns */
  run<T>(about: number, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(about) ?? Promise.resolve()).then(work);
    const done = result.then(nothing, nothing).then(() => {
      if (this.#last.get(about) === done) this.#last.delete(about);
    });
    this.#last.set(about, done);
    return result;
  }
}

function nothing(): void {}
