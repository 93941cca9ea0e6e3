import type { Database } from './database.ts';
import { forget } from './forget.ts';

/** How many ids of the log a statement looks at. */
const RANGE = 50_000;

/** See `MessageLog.removeFrom`. */
export async function removeFrom(database: Database, sender: number | string): Promise<number> {
  const isMeant =
    typeof sender === 'number'
      ? 'sender = $3'
      : 'sender <> 0 AND name = $3 AND NOT EXISTS (SELECT 1 FROM account WHERE account.id = sender)';
  const [log] = await database.read<{ head: number }>('SELECT head FROM log');
  let removed = 0;
  for (let upTo = log?.head ?? 0; upTo > 0; upTo -= RANGE) {
    removed += await database.transaction(async (transaction) => {
      const own = await transaction.query<{ id: number }>(
        `SELECT id FROM entry WHERE id > $1 AND id <= $2 AND ${isMeant} ORDER BY id`,
        [upTo - RANGE, upTo, sender],
      );
      const ids = own.map(({ id }) => id);
      if (ids.length === 0) return 0;
      const changes = await transaction.query<{ id: number }>(
        `SELECT id FROM entry WHERE of = ANY ($1::bigint[]) AND kind <> 'redaction' AND NOT id = ANY ($1::bigint[])`,
        [ids],
      );
      const count = await forget(transaction, ids);
      // Its own changes of its own entries were counted above or in a later part; those of others are not its entries.
      await forget(
        transaction,
        changes.map(({ id }) => id),
      );
      return count;
    });
  }
  return removed;
}
