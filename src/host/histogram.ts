import type { HistogramSnapshot } from '../services/plugins.ts';

/** Buckets of durations: each is a quarter of a doubling wide, the first begins at a microsecond. */
const BUCKETS = 100;

/** The first and last bound of a snapshot, as powers of two of microseconds: 64 us and 17 s. */
const BOUNDS = { first: 6, last: 24 };

/** A histogram of durations. */
export class Histogram {
  count = 0;
  #sum = 0;
  readonly #buckets = new Uint32Array(BUCKETS);

  /** Adds a duration, in milliseconds. */
  observe(time: number): void {
    this.count++;
    this.#sum += time;
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(4 * Math.log2(time * 1000))));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  /** The mean, in milliseconds. */
  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /** The upper bound of the bucket in which the 99th percentile lies, in milliseconds. */
  get p99(): number {
    let left = Math.ceil(this.count * 0.99);
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return 2 ** (bucket / 4) / 1000;
    }
    return 0;
  }

  snapshot(): HistogramSnapshot {
    const upTo: [number, number][] = [];
    let sum = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      sum += count;
      const power = bucket / 4;
      if (Number.isInteger(power) && power >= BOUNDS.first && power <= BOUNDS.last) upTo.push([2 ** power / 1000, sum]);
    }
    return { count: this.count, sum: this.#sum, upTo };
  }
}
