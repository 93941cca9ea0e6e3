import type { Clock, SteadyClock } from '../api/clock.ts';

/** The machine's clock. */
export const systemClock: SteadyClock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    // A timer takes 31 bits of milliseconds, 24 days.
    const timer = setTimeout(call, Math.min(milliseconds, 2 ** 31 - 1)).unref();
    return () => clearTimeout(timer);
  },
};

/** Adds a monotonic time to a clock without one: it advances with the time of day and never goes back. */
export function steady(clock: Clock): SteadyClock {
  if (clock.monotonic !== undefined) return clock as SteadyClock;
  let elapsed = 0;
  let last = clock.now();
  return {
    now: () => clock.now(),
    monotonic() {
      const now = clock.now();
      elapsed += Math.max(0, now - last);
      last = now;
      return elapsed;
    },
    after: (milliseconds, call) => clock.after(milliseconds, call),
  };
}
