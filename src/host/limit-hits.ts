/** How a limit is called, in lower-case words with hyphens. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** How many limits are told apart. More are a mistake: a name that is made of what a client sent. */
const NAMES = 200;

/** Counts how often each limit was hit. */
export class LimitHits {
  readonly #counts = new Map<string, number>();

  /** Counts one more time. @throws when a limit cannot be called so */
  count(limit: string): void {
    const count = this.#counts.get(limit);
    if (count === undefined && (!NAME.test(limit) || this.#counts.size >= NAMES)) {
      throw new Error(
        `a limit cannot be called '${limit}': it is one of at most ${NAMES} names of lower-case words with hyphens`,
      );
    }
    this.#counts.set(limit, (count ?? 0) + 1);
  }

  /** How often each was hit; those that never were are left out. */
  read(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
