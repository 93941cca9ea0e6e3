import type { Clock } from 'chatserv';

/** What a queue allows. */
export interface QueueRule {
  /** How many pieces of work are done at once. */
  readonly atOnce: number;
  /** How many may wait in all. */
  readonly waiting: number;
  /** How long one may wait, in milliseconds. */
  readonly patience: number;
}

/** A piece of work that waits: told that it is its turn, or that it is not done. */
type Waiting = (goes: boolean) => void;

/**
 * Does so many pieces of work at once, and of what waits one piece of each party in turn. Where too much waits, the
 * party that has most of it waiting loses its last piece: who floods takes no place from others.
 */
export class FairQueue {
  readonly #rule: QueueRule;
  readonly #clock: Clock;
  /** What waits, by party; the party whose turn is next stands first. */
  readonly #lines = new Map<string, Waiting[]>();
  #running = 0;
  #count = 0;

  constructor(rule: QueueRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /** Does the work when it is the party's turn. @returns undefined when it is not done: too much waits, or it did for too long */
  async run<T>(party: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= this.#rule.atOnce && !(await this.#turn(party))) return undefined;
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /** Waits. @returns whether it is its turn */
  async #turn(party: string): Promise<boolean> {
    if (this.#count >= this.#rule.waiting && !this.#makesRoomFor(party)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const line = this.#lines.get(party);
    if (line === undefined) this.#lines.set(party, [resolve]);
    else line.push(resolve);
    this.#count++;
    const cancel = this.#clock.after(this.#rule.patience, () => this.#leaves(party, resolve));
    const goes = await promise;
    cancel();
    return goes;
  }

  /** Has the longest line lose its last. @returns whether there is one that is longer than this party's would be */
  #makesRoomFor(party: string): boolean {
    let longest: string | undefined;
    let most = (this.#lines.get(party)?.length ?? 0) + 1;
    for (const [other, { length }] of this.#lines) {
      if (length <= most) continue;
      longest = other;
      most = length;
    }
    const last = longest === undefined ? undefined : this.#lines.get(longest)?.at(-1);
    if (longest === undefined || last === undefined) return false;
    this.#leaves(longest, last);
    return true;
  }

  /** Takes one out of its line, and tells it that it is not done. */
  #leaves(party: string, one: Waiting): void {
    const line = this.#lines.get(party);
    const at = line?.indexOf(one) ?? -1;
    if (line === undefined || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(party);
    this.#count--;
    one(false);
  }

  #next(): void {
    const [first] = this.#lines;
    if (first === undefined) return;
    const [party, line] = first;
    const start = line.shift();
    this.#lines.delete(party);
    if (line.length > 0) this.#lines.set(party, line);
    this.#count--;
    start?.(true);
  }
}
