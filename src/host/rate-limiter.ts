import type { Judgement, RateLimiter } from '../kernel/environment.ts';

/** How fast one client may send. A rate of 0 sets no limit. */
export interface RateLimits {
  readonly linesPerSecond: number;
  /** How many lines may come at once after a while of rest. */
  readonly lineBurst: number;
  readonly bytesPerSecond: number;
  /** How many bytes may come at once after a while of rest. */
  readonly byteBurst: number;
}

/**
 * Holds one client to its rates: a token bucket of lines and one of bytes. What is refused is paid for too, so that
 * a bucket goes into debt; who owes a whole burst has gone on for too long.
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

  /** Counts bytes that came. @returns whether the client may go on */
  receive(bytes: number, now: number): boolean {
    const { bytesPerSecond, byteBurst } = this.#limits;
    if (bytesPerSecond === 0) return true;
    this.#fill(now);
    this.#bytes -= bytes;
    return this.#bytes >= -byteBurst;
  }

  /** Counts a line, and says what becomes of it. Its bytes were counted when they came. */
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

  /** Takes back what was counted for the last line and so many bytes. */
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
