import type { SteadyClock } from 'chatserv';

/** How many times faster than real time the trusted time catches up with a clock that is ahead of it. */
const CATCH_UP = 10;

/**
 * The time by which messages and keys age. A clock that is set ahead by mistake, even for a moment, must not expire them
 * all. So the trusted time follows the clock back at once and ahead only slowly: a jump of 400 days ages messages by
 * ten hours in the first hour, and is followed in full after 44 days.
 */
export class TrustedTime {
  readonly #clock: SteadyClock;
  /** The trusted time when it was last read, and the monotonic time then. */
  #at: number;
  #measured: number;

  /** @param latest the time of the latest known message, from which it starts unless the clock is behind */
  constructor(clock: SteadyClock, latest: number | undefined) {
    this.#clock = clock;
    this.#at = latest ?? clock.now();
    this.#measured = clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    this.#at = Math.min(this.#clock.now(), this.#at + CATCH_UP * (monotonic - this.#measured));
    this.#measured = monotonic;
    return this.#at;
  }
}
