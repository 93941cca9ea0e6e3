import { Latencies } from '../clients/counters.ts';

/**
 * Calls at a fixed rate and catches up after a delay. Latency measured from the due time counts a stall for every
 * request that it delays, which avoids coordinated omission.
 */
export class Rate {
  count = 0;
  /** How late the calls were. */
  readonly delays = new Latencies();
  readonly #timer: NodeJS.Timeout;

  /** @param call gets its due time in milliseconds, as of `performance.now()`, and the number of calls before it */
  constructor(perSecond: number, call: (due: number, count: number) => void) {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (;;) {
        const due = began + (this.count * 1000) / perSecond;
        if (due > now) return;
        this.delays.record(now - due);
        call(due, this.count++);
      }
    }, 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
