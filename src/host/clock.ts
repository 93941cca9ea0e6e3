import type { Clock, SteadyClock } from '../api/clock.ts';

/** The longest that Node can set a timer for, in milliseconds: some 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: SteadyClock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    let left = milliseconds;
    let timer: NodeJS.Timeout;
    function arm(): void {
      const step = Math.min(left, LONGEST_TIMER);
      left -= step;
      timer = setTimeout(() => (left > 0 ? arm() : call()), step).unref();
    }
    arm();
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
