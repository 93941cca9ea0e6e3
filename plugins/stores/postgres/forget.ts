import type { Queryable } from './database.ts';

/** Removes entries, and counts them. @returns how many there were */
export async function forget({ query }: Queryable, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [row] = await query<{ count: number }>(
    `WITH gone AS (DELETE FROM entry WHERE id = ANY ($1::bigint[]) RETURNING id),
     unmentioned AS (DELETE FROM mention WHERE id = ANY ($1::bigint[]))
     UPDATE removal SET entries = entries + (SELECT count(*) FROM gone) RETURNING (SELECT count(*) FROM gone) AS count`,
    [ids],
  );
  return row?.count ?? 0;
}
