import { ENTRIES_PER_MESSAGE, type Gap } from 'chatserv';
import type { Database } from './database.ts';
import { idsIn } from './entry-rows.ts';
import { toInt8 } from './limits.ts';
import { MENTIONS_ALL } from './log-rows.ts';
import { SPANS } from './reading.ts';
import { ROOM, roomOf } from './rooms.ts';

/** The latest new entries of each named room of an account that has many. */
const CANDIDATES = `
  WITH ${SPANS}
  SELECT room, ids, seqs FROM (
    SELECT room, array_agg(id ORDER BY id DESC) AS ids, array_agg(seq ORDER BY id DESC) AS seqs, count(*) AS rows,
      count(*) FILTER (WHERE seq > 0) AS counting
    FROM (
      SELECT span.room, one.id, one.seq, row_number() OVER (PARTITION BY span.room ORDER BY one.id DESC) AS place
      FROM span CROSS JOIN LATERAL (
        SELECT id, seq FROM entry
        WHERE room = span.room AND id > greatest(since, $2) AND id <= $3 AND (until = 0 OR id < until)
        ORDER BY id DESC LIMIT $4
      ) AS one
      WHERE kind = 'room' AND span.last > $2
    ) AS latest WHERE place <= $4 GROUP BY room
  ) AS counted WHERE counting > $5 OR rows >= $4`;

/** For each room, where its gap begins, and how many of its entries count, by the numbers of each period. */
const STARTS = `
  WITH ${SPANS}, gap AS (SELECT * FROM unnest($4::bigint[], $5::bigint[]) AS gap (room, last)),
  range AS (
    SELECT span.room, greatest(since, $2) AS after,
      CASE WHEN until = 0 THEN gap.last ELSE least(until - 1, gap.last) END AS last
    FROM span JOIN gap USING (room)
  ),
  start AS (
    SELECT DISTINCT ON (room) room, one.id, one.time FROM range CROSS JOIN LATERAL (
      SELECT id, time FROM entry
      WHERE room = range.room AND id > range.after AND id <= least(range.last, $3) AND NOT EXISTS (
        SELECT 1 FROM mention WHERE mention.id = entry.id AND account IN (${MENTIONS_ALL}, $1)
      )
      ORDER BY id LIMIT 1
    ) AS one ORDER BY room, one.id
  )
  SELECT ${ROOM}, start.id AS start, start.time, (
    SELECT coalesce(sum(last.seq - first.seq + 1), 0)::bigint FROM range CROSS JOIN LATERAL (
      SELECT seq FROM entry WHERE room = range.room AND id > greatest(range.after, start.id - 1) AND id <= range.last
        AND seq > 0 ORDER BY id LIMIT 1
    ) AS first CROSS JOIN LATERAL (
      SELECT seq FROM entry WHERE room = range.room AND id > greatest(range.after, start.id - 1) AND id <= range.last
        AND seq > 0 ORDER BY id DESC LIMIT 1
    ) AS last WHERE range.room = r.id
  ) AS count
  FROM start JOIN room r ON r.id = start.room ORDER BY r.id`;

/** See `MessageLog.gaps`. */
export async function gapsOf(
  { read }: Pick<Database, 'read'>,
  account: number,
  after: number,
  upTo: number,
  most: number,
  keep: number,
): Promise<readonly Gap[]> {
  const until = toInt8(upTo);
  const rows = await read<{ room: number; ids: string; seqs: string }>(CANDIDATES, [
    account,
    toInt8(after),
    until,
    ENTRIES_PER_MESSAGE * most + 1,
    most,
  ]);
  if (rows.length === 0) return [];
  const ends = new Map(rows.map(({ room, ids, seqs }) => [room, endOf(idsIn(ids), idsIn(seqs), upTo, keep)]));
  const starts = await read<Parameters<typeof roomOf>[0] & { start: number; time: number; count: number }>(STARTS, [
    account,
    toInt8(after),
    until,
    [...ends.keys()],
    [...ends.values()].map(({ last }) => last),
  ]);
  return starts.map(({ start, time, count, ...row }) => {
    return { room: roomOf(row), id: start, time, before: ends.get(row.id)?.before ?? 0, count };
  });
}

/** Where a gap ends that leaves the latest `keep` entries: its last entry, and the room's next one. */
function endOf(ids: readonly number[], seqs: readonly number[], upTo: number, keep: number) {
  let counting = 0;
  for (const [i, last] of ids.entries()) {
    if ((seqs[i] ?? 0) > 0) counting++;
    if (counting > keep || i >= ENTRIES_PER_MESSAGE * keep) return { last, before: ids[i - 1] ?? upTo + 1 };
  }
  return { last: 0, before: upTo + 1 };
}
