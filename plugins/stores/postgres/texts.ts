import type { StoredText, TextStore } from 'chatserv';
import type { Database } from './database.ts';
import { gatheringBy } from './gathering.ts';

/** A list ends once it has this many bytes. */
const LISTED_BYTES = 256 * 1024;

/** Plugins' data. */
export function textsOf(database: Database): TextStore {
  const find = gatheringBy(
    ({ key }: { key: string; text: string }) => key,
    (keys) => database.read('SELECT key, text FROM texts WHERE key = ANY ($1::text[])', [keys]),
  );
  return {
    read: async (key) => (await find(key))?.text,
    async write(key, text) {
      if (text === undefined) await database.query('DELETE FROM texts WHERE key = $1', [key]);
      else {
        await database.query(
          'INSERT INTO texts (key, text) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text = excluded.text',
          [key, text],
        );
      }
    },
    async replace(key, old, text) {
      if (old === undefined) {
        if (text === undefined) return (await this.read(key)) === undefined;
        const added = await database.query(
          'INSERT INTO texts (key, text) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING 1',
          [key, text],
        );
        return added.length > 0;
      }
      const changed =
        text === undefined
          ? await database.query('DELETE FROM texts WHERE key = $1 AND text = $2 RETURNING 1', [key, old])
          : await database.query('UPDATE texts SET text = $3 WHERE key = $1 AND text = $2 RETURNING 1', [
              key,
              old,
              text,
            ]);
      return changed.length > 0;
    },
    list: (start, inclusive, end, limit) => listTexts(database, start, inclusive, end, limit),
  };
}

/** See `TextStore.list`. @param end undefined for no end */
export async function listTexts(
  database: Database,
  start: string,
  inclusive: boolean,
  end: string | undefined,
  limit: number,
): Promise<readonly StoredText[]> {
  const rows = await database.read<{ key: string; text: string }>(
    `SELECT key, text FROM (
       SELECT key, text, sum(octet_length(text)) OVER (ORDER BY key) - octet_length(text) AS before FROM (
         SELECT key, text FROM texts
         WHERE key >= $1 AND ($2 OR key > $1) AND ($3::text IS NULL OR key < $3 COLLATE "C") ORDER BY key LIMIT $4
       ) AS page
     ) AS summed WHERE before < ${LISTED_BYTES} ORDER BY key`,
    [start, inclusive, end ?? null, Math.max(0, limit)],
  );
  return rows.map(({ key, text }) => [key, text]);
}
