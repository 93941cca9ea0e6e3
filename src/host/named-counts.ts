const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** How many names are counted. Names come from code; with parts of a client's input in them they would grow without end. */
export const NAMES = 200;

/** Counts by name, in lower-case words with hyphens. */
export class NamedCounts {
  readonly #counts = new Map<string, number>();

  /** Counts one more. @returns false if it was not counted, because the name is malformed or one too many */
  count(name: string): boolean {
    const count = this.#counts.get(name);
    if (count === undefined && (this.#counts.size >= NAMES || !NAME.test(name))) return false;
    this.#counts.set(name, (count ?? 0) + 1);
    return true;
  }

  /** The counts by name; those that are 0 are left out. */
  read(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
