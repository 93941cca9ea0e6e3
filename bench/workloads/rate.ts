/**
 * Calls at a fixed rate, each time with when the call was due. What comes late, because the process was held up, is
 * made up for: measured from when it was due, a stall counts with all that it kept waiting (coordinated omission).
 */
export class Rate {
  count = 0;
  readonly #timer: NodeJS.Timeout;

  /** @param call told when it was due, in milliseconds as of `performance.now()`, and how many came before */
  constructor(perSecond: number, call: (due: number, count: number) => void) {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (;;) {
        const due = began + (this.count * 1000) / perSecond;
        if (due > now) return;
        call(due, this.count++);
      }
    }, 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
