import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Times in milliseconds, kept to three digits. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram();

  record(milliseconds: number): void {
    this.#histogram.record(Math.max(1, Math.round(milliseconds * 1000)));
  }

  /** @param part 0.99 for the 99th percentile @returns milliseconds, NaN when nothing was recorded */
  percentile(part: number): number {
    return this.#histogram.count === 0 ? Number.NaN : this.#histogram.percentile(part * 100) / 1000;
  }

  get max(): number {
    return this.#histogram.count === 0 ? Number.NaN : this.#histogram.max / 1000;
  }
}

/** What the clients of a run count together. */
export class Counters {
  delivered = 0;
  answered = 0;
  /** From sending a message to its receipt. */
  deliveries = new Latencies();
  /** From sending a line to its answer, where a client times them. */
  answers = new Latencies();

  reset(): void {
    Object.assign(this, new Counters());
  }
}
