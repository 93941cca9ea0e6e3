import type { Clock } from 'chatserv';

/** The limits of a queue. */
export interface QueueRule {
  /** How many jobs run at once. */
  readonly atOnce: number;
  /** How many jobs may wait in all. */
  readonly maxQueued: number;
  /** How long a job may wait, in milliseconds. */
  readonly patience: number;
}

/** A waiting job, called with whether it may run. */
type Waiting = (goes: boolean) => void;

/**
 * Runs a limited number of jobs at once, and takes waiting ones from each party in turn. If too many wait, the party with
 * the most drops its last: a flood does not take places from others.
 */
export class FairQueue {
  readonly #rule: QueueRule;
  readonly #clock: Clock;
  /** Waiting jobs by party. The party whose turn is next comes first. */
  readonly #lines = new Map<string, Waiting[]>();
  #running = 0;
  #count = 0;

  constructor(rule: QueueRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /** Runs a job when it is the party's turn. @returns undefined if it was dropped: too many waited, or it did for too long */
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

  /** Waits for a turn. @returns false if the job is dropped */
  async #turn(party: string): Promise<boolean> {
    if (this.#count >= this.#rule.maxQueued && !this.#makesRoomFor(party)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const line = this.#lines.get(party);
    if (line === undefined) this.#lines.set(party, [resolve]);
    else line.push(resolve);
    this.#count++;
    const cancel = this.#clock.after(this.#rule.patience, () => this.#drop(party, resolve));
    const goes = await promise;
    cancel();
    return goes;
  }

  /** Drops the last job of the longest line. @returns false if none is longer than this party's would be */
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
    this.#drop(longest, last);
    return true;
  }

  /** Drops a job from its line. */
  #drop(party: string, one: Waiting): void {
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
