import type { Database } from './database.ts';

/** By how much the clocks may differ, and how often they are compared, in milliseconds. */
const [TOLERANCE, EVERY] = [10_000, 60_000];

/**
 * Makes a check of this server's clock against the database's, which several servers share.
 * @param now milliseconds since 1970
 * @param differs called when the clocks begin to differ: by how many milliseconds this server's is ahead
 */
export function clockCheckOf(
  database: Database,
  now: () => number,
  differs: (ahead: number) => void,
): () => Promise<void> {
  let at = Number.NEGATIVE_INFINITY;
  let hasDiffered = false;
  return async () => {
    if (performance.now() < at + EVERY) return;
    at = performance.now();
    const before = now();
    const [row] = await database.read<{ time: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS time',
    );
    if (row === undefined) return;
    // It was read between the question and the answer.
    const ahead = Math.max(before - row.time, 0) + Math.min(now() - row.time, 0);
    const isDifferent = Math.abs(ahead) > TOLERANCE;
    if (isDifferent && !hasDiffered) differs(ahead);
    hasDiffered = isDifferent;
  };
}
