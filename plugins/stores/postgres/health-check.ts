import type { Database } from './database.ts';

/** How often something is written while nothing has failed, in milliseconds. */
const EVERY = 30_000;

/** How long a process's batches are remembered after its last sign of life. */
const FORGOTTEN = "interval '1 day'";

/**
 * Makes a check whether entries can be kept now: it asks the server, and now and then writes, so that a full disk or a
 * server that became read-only is noticed.
 * @param epoch identifies this process's batches
 */
export function checkOf(database: Database, epoch: string): () => Promise<void> {
  let at = Number.NEGATIVE_INFINITY;
  let isDoubtful = false;
  return async () => {
    try {
      if (isDoubtful || performance.now() >= at + EVERY) {
        await database.query(
          `INSERT INTO writer (epoch, batch) VALUES ($1, 0) ON CONFLICT (epoch) DO UPDATE SET seen = now()`,
          [epoch],
        );
        await database.query(`DELETE FROM writer WHERE seen < now() - ${FORGOTTEN}`);
        at = performance.now();
      } else await database.query('SELECT head FROM log');
      isDoubtful = false;
    } catch (error) {
      isDoubtful = true;
      throw error;
    }
  };
}
