import type { SteadyClock } from '../api/clock.ts';

/** How far the time of day may drift from monotonic time between two readings before that counts as a leap, in milliseconds. */
const DRIFT = 10_000;

/** How long a clock must keep its new time after a leap before it is trusted, in milliseconds. */
const SETTLES = 60_000;

/**
 * The time of day for deciding what has expired. After a leap ahead the new time is trusted once two readings at least a
 * minute apart agree on it; until then the earlier time counts. So nothing expires because a clock was ahead for a
 * moment.
 * @returns a function that reads it, in milliseconds since 1970
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
