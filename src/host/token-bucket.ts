/**
 * A token bucket. It counts the tokens that are taken, not those that are left, so that its rate and its burst may change.
 * Times are monotonic milliseconds.
 */
export class TokenBucket {
  #taken = 0;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** How many tokens are taken; more than the burst is a debt. @param rate how many come back per second */
  taken(rate: number, now: number): number {
    // After the clock was set back, tokens come back at once, not when it has caught up.
    if (now < this.#at) this.#at = now;
    return Math.max(0, this.#taken - ((now - this.#at) / 1000) * rate);
  }

  /** Takes tokens, whether or not as many are left. @returns how many are taken now */
  take(tokens: number, rate: number, now: number): number {
    this.#taken = this.taken(rate, now) + tokens;
    this.#at = now;
    return this.#taken;
  }

  /** Gives back tokens that were taken. */
  giveBack(tokens: number): void {
    this.#taken -= tokens;
  }
}
