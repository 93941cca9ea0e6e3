import type { Judgement, RateLimiter } from '../wire/environment.ts';

/** How fast one client may send. A rate of 0 sets no limit. */
export interface RateLimits {
  readonly linesPerSecond: number;
  /** How many lines may come at once after a pause. */
  readonly lineBurst: number;
  readonly bytesPerSecond: number;
  /** How many bytes may come at once after a pause. */
  readonly byteBurst: number;
}

/**
 * Limits one client's rates: a token bucket for lines and one for bytes. Refused lines cost tokens too, so a bucket can go
 * into debt; a client that owes a whole burst is too fast.
 */
export class TokenBuckets implements RateLimiter {
  readonly #limits: RateLimits;
  #lines: number;
  #bytes: number;
  #filledAt: number;

  /** @param now monotonic milliseconds */
  constructor(limits: RateLimits, now: number) {
    this.#limits = limits;
    this.#lines = limits.lineBurst;
    this.#bytes = limits.byteBurst;
    this.#filledAt = now;
  }

  /** Counts received bytes. @returns whether the client may go on */
  receive(bytes: number, now: number): boolean {
    const { bytesPerSecond, byteBurst } = this.#limits;
    if (bytesPerSecond === 0) return true;
    this.#fill(now);
    this.#bytes -= bytes;
    return this.#bytes >= -byteBurst;
  }

  /** Counts a line, whose bytes were counted when they came. @returns what to do with it */
  line(now: number): Judgement {
    const { linesPerSecond, lineBurst, bytesPerSecond } = this.#limits;
    if (linesPerSecond > 0) {
      this.#fill(now);
      this.#lines--;
      if (this.#lines < -lineBurst) return 'too-fast';
      if (this.#lines < 0) return 'lines-per-second';
    }
    return bytesPerSecond > 0 && this.#bytes < 0 ? 'bytes-per-second' : 'run';
  }

  /** Undoes the count of the last line and so many bytes. */
  giveBack(bytes: number): void {
    this.#lines++;
    this.#bytes += bytes;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#filledAt = now;
    const { linesPerSecond, lineBurst, bytesPerSecond, byteBurst } = this.#limits;
    this.#lines = Math.min(lineBurst, this.#lines + seconds * linesPerSecond);
    this.#bytes = Math.min(byteBurst, this.#bytes + seconds * bytesPerSecond);
  }
}
