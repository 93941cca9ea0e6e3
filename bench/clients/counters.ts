import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** A histogram of times in milliseconds, precise to three digits. */
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

/** Shared by the clients of a run. */
export class Counters {
  delivered = 0;
  answered = 0;
  /** From sending a message to its receipt. */
  deliveries = new Latencies();
  /** From sending a timed line to its answer. */
  answers = new Latencies();

  reset(): void {
    Object.assign(this, new Counters());
  }
}
