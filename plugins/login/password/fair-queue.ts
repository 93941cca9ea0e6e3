/** Runs so many pieces of work at once, and of what waits one piece of each party in turn. */
export class FairQueue {
  readonly #atOnce: number;
  readonly #limit: number;
  /** What waits, by party; the party whose turn is next stands first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;
  #count = 0;

  /** @param limit how many pieces may wait in all */
  constructor(atOnce: number, limit: number) {
    this.#atOnce = atOnce;
    this.#limit = limit;
  }

  /** Does the work when it is the party's turn. @throws when too much waits already */
  async run<T>(party: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#turn(party);
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  #turn(party: string): Promise<void> {
    if (this.#count >= this.#limit) throw new Error(`${this.#limit} password hashes wait already (password.waiting)`);
    this.#count++;
    const { promise, resolve } = Promise.withResolvers<void>();
    const line = this.#waiting.get(party);
    if (line === undefined) this.#waiting.set(party, [resolve]);
    else line.push(resolve);
    return promise;
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [party, line] = first;
    const start = line.shift();
    this.#waiting.delete(party);
    if (line.length > 0) this.#waiting.set(party, line);
    this.#count--;
    start?.();
  }
}
