import type { SteadyClock } from 'chatserv';

/** How many times faster than time passes the trusted time comes up with a time of day that is ahead of it. */
const CATCH_UP = 10;

/**
 * The time by which messages and keys age. The time of day can be set ahead by mistake, for a moment or from the start,
 * and what is forgotten then is lost. So it is believed when it is earlier, and only slowly when it is later: a jump of
 * 400 days ages messages by ten hours in the first hour, and is not believed in full for 44 days.
 */
export class TrustedTime {
  readonly #clock: SteadyClock;
  #at: number;
  #elapsed: number;

  /** @param latest when the latest message was said that is known of: it begins no later, whatever the time of day */
  constructor(clock: SteadyClock, latest: number | undefined) {
    this.#clock = clock;
    this.#at = latest ?? clock.now();
    this.#elapsed = clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const elapsed = this.#clock.monotonic();
    this.#at = Math.min(this.#clock.now(), this.#at + CATCH_UP * (elapsed - this.#elapsed));
    this.#elapsed = elapsed;
    return this.#at;
  }
}
