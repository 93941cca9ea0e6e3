import type { SteadyClock } from './clock.ts';

/** How far the time of day may stray from the monotonic time between two readings, in milliseconds, and be no leap. */
const DRIFT = 10_000;

/** How long a clock must keep to a time that it has leapt to before it is believed, in milliseconds. */
const SETTLES = 60_000;

/**
 * The time of day for who forgets what has ended. A clock that leaps ahead is believed only when it has kept to that for
 * a minute, between two readings at least; until then the earlier of both times counts. So what has ended by this time
 * has ended, also where somebody sets the clock ahead for a moment.
 * @returns reads it, in milliseconds since 1970
 */
export function settledTime(clock: SteadyClock): () => number {
  let offset = clock.now() - clock.monotonic();
  let leap: { readonly offset: number; readonly at: number } | undefined;
  return () => {
    const at = clock.monotonic();
    const seen = clock.now() - at;
    if (Math.abs(seen - offset) <= DRIFT) {
      offset = seen;
      leap = undefined;
    } else if (leap === undefined || Math.abs(seen - leap.offset) > DRIFT) {
      leap = { offset: seen, at };
    } else if (at - leap.at >= SETTLES) {
      offset = seen;
      leap = undefined;
    }
    return at + Math.min(offset, leap?.offset ?? offset);
  };
}
