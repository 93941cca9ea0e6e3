import type { Clock } from '../index.ts';

/** A clock that stands still until it is moved. */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: { readonly at: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#now + milliseconds, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on by so many seconds, and calls back, in order of time, what falls due; also what is only set on the way. */
  advance(seconds: number): void {
    const end = this.#now + seconds * 1000;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#now = Math.max(this.#now, timer.at);
      const due = timer;
      this.#timers = this.#timers.filter((other) => other !== due);
      due.call();
    }
    this.#now = end;
  }

  #next(end: number): { readonly at: number; readonly call: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}
