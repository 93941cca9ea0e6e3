import type { Judgement, RateLimiter } from '../wire/environment.ts';
import { TokenBucket } from './token-bucket.ts';

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
export class ClientRates implements RateLimiter {
  readonly #limits: RateLimits;
  readonly #lines: TokenBucket;
  readonly #bytes: TokenBucket;

  /** @param now monotonic milliseconds */
  constructor(limits: RateLimits, now: number) {
    this.#limits = limits;
    this.#lines = new TokenBucket(now);
    this.#bytes = new TokenBucket(now);
  }

  /** Counts received bytes. @returns whether the client may go on */
  receive(bytes: number, now: number): boolean {
    const { bytesPerSecond, byteBurst } = this.#limits;
    return bytesPerSecond === 0 || this.#bytes.take(bytes, bytesPerSecond, now) <= 2 * byteBurst;
  }

  /** Counts a line, whose bytes were counted when they came. @returns what to do with it */
  line(now: number): Judgement {
    const { linesPerSecond, lineBurst, bytesPerSecond, byteBurst } = this.#limits;
    const lines = linesPerSecond === 0 ? 0 : this.#lines.take(1, linesPerSecond, now);
    if (lines > 2 * lineBurst) return 'too-fast';
    if (lines > lineBurst) return 'lines-per-second';
    if (bytesPerSecond === 0) return 'run';
    return this.#bytes.taken(bytesPerSecond, now) > byteBurst ? 'bytes-per-second' : 'run';
  }

  /** Undoes the count of the last line and so many bytes. */
  giveBack(bytes: number): void {
    this.#lines.giveBack(1);
    this.#bytes.giveBack(bytes);
  }
}
