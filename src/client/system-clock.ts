import type { SteadyClock } from '../api/clock.ts';

/** The clock of a browser or Node. The kernel's unrefs its timers, which a browser cannot do. */
export const systemClock: SteadyClock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};
