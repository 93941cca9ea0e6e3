/** Random numbers that are the same each time. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0 and less than `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** The time to the next of so many events a second, in seconds: exponential. */
  wait(perSecond: number): number {
    return -Math.log(1 - this.next()) / perSecond;
  }
}
