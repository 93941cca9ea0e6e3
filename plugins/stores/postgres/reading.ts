import { type Entry, EVERYONE, type HistoryRange, type InboxCount } from 'chatserv';
import type { Database } from './database.ts';
import { ENTRY, type EntryRow, entryOf, FROM_ENTRY } from './entry-rows.ts';
import { gathering } from './gathering.ts';
import { atMost, inPages, toInt8 } from './limits.ts';
import { columns, MENTIONS_ALL } from './log-rows.ts';

/** The periods in which an account, $1, may read its rooms, as `span (room, kind, since, until, last)`. */
export const SPANS = `
  span AS (
    SELECT r.id AS room, r.kind, a.since, 0::bigint AS until, r.last
    FROM account a JOIN room r ON r.id = ${EVERYONE} WHERE a.id = $1
    UNION ALL
    SELECT r.id, r.kind, greatest(m.since, a.since), m.until, r.last
    FROM member m JOIN account a ON a.id = m.account JOIN room r ON r.id = m.room AND r.kind <> 'removed'
    WHERE m.account = $1
  )`;

const READ = `
  WITH ${SPANS}, skip AS (SELECT * FROM unnest($5::bigint[], $6::bigint[]) AS skipped (room, upto)),
  range AS (
    SELECT span.room, greatest(since, $2) AS start, greatest(since, $2, upto) AS after, upto,
      CASE WHEN until = 0 THEN $3 ELSE least(until - 1, $3) END AS end
    FROM span LEFT JOIN skip ON skip.room = span.room WHERE span.last > $2
  ),
  found AS (
    SELECT id FROM (
      SELECT one.id FROM range CROSS JOIN LATERAL (
        SELECT id FROM entry WHERE room = range.room AND id > range.after AND id <= range.end ORDER BY id LIMIT $4
      ) AS one
      UNION
      SELECT mention.id FROM range JOIN mention ON mention.account IN (${MENTIONS_ALL}, $1) AND mention.room = range.room
        AND mention.id > range.start AND mention.id <= least(range.upto, range.end)
    ) AS every ORDER BY id LIMIT $4
  )
  SELECT ${ENTRY} FROM found JOIN entry e USING (id) JOIN room r ON r.id = e.room ORDER BY e.id`;

const COUNT = `
  WITH ${SPANS}
  SELECT count(*) AS all, count(*) FILTER (WHERE sender = $2) AS own,
    count(*) FILTER (WHERE origin = $5) AS "sameOrigin",
    EXISTS (SELECT 1 FROM contact WHERE account = $1 AND other = $2) AS "isContact"
  FROM (
    SELECT sender, origin FROM span CROSS JOIN LATERAL (
      SELECT id, sender, origin FROM entry
      WHERE room = span.room AND id > greatest(since, $3) AND seq > 0 AND (sender <> $1 OR to_sender)
      ORDER BY id LIMIT $4
    ) AS one
    WHERE kind = 'direct' AND span.last > $3 ORDER BY span.room, one.id LIMIT $4
  ) AS counted`;

/** Entries, $2, each of which an account, $1, may read. */
const READABLE = `
  SELECT place, ${ENTRY} FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS wanted (account, id, place)
  JOIN entry e ON e.id = wanted.id JOIN room r ON r.id = e.room AND r.kind <> 'removed'
  JOIN account a ON a.id = wanted.account AND a.since < e.id
  WHERE e.room = ${EVERYONE} OR EXISTS (
    SELECT 1 FROM member m
    WHERE m.account = a.id AND m.room = e.room AND m.since < e.id AND (m.until = 0 OR e.id < m.until)
  )`;

/** Reads entries. */
export function readingOf({ read }: Pick<Database, 'read'>) {
  const entries = async (sql: string, values: readonly unknown[]): Promise<Entry[]> =>
    (await read<EntryRow>(sql, values)).map(entryOf);

  // A page of a search asks for many entries at once.
  const readable = gathering(async (requests: readonly (readonly [account: number, id: number])[]) => {
    const rows = await read<EntryRow & { place: number }>(READABLE, columns(requests, 2));
    const found = new Map(rows.map((row) => [row.place, entryOf(row)]));
    return requests.map((_, i) => found.get(i + 1));
  });

  async function get(id: number): Promise<Entry | undefined> {
    return (await entries(`SELECT ${ENTRY} ${FROM_ENTRY} WHERE e.id = $1`, [id]))[0];
  }

  return {
    /** See `MessageLog.read`. */
    read: (
      account: number,
      after: number,
      upTo: number,
      limit: number,
      skip: ReadonlyMap<number, number> = new Map(),
    ): Promise<readonly Entry[]> =>
      inPages(limit, (most, last: Entry | undefined) =>
        entries(READ, [
          account,
          toInt8(last?.id ?? after),
          toInt8(upTo),
          most,
          [...skip.keys()],
          [...skip.values()].map(toInt8),
        ]),
      ),

    async count(account: number, sender: number, after: number, most: number, origin?: string): Promise<InboxCount> {
      const [row] = await read<InboxCount>(COUNT, [account, sender, toInt8(after), atMost(most), origin ?? null]);
      return row ?? { all: 0, own: 0, sameOrigin: 0, isContact: false };
    },

    async history(
      room: number,
      {
        after = 0,
        before = Number.MAX_SAFE_INTEGER,
        limit,
        from = 'latest',
        counting = false,
        except = [],
      }: HistoryRange,
    ): Promise<readonly Entry[]> {
      const isOldest = from === 'oldest';
      const found = await inPages(limit, (most, last: Entry | undefined) =>
        entries(
          `SELECT ${ENTRY} ${FROM_ENTRY} WHERE e.room = $1 AND e.id > $2 AND e.id < $3 ${counting ? 'AND e.seq > 0' : ''}
             AND e.sender <> ALL ($5::bigint[])
           ORDER BY e.id ${isOldest ? '' : 'DESC'} LIMIT $4`,
          [
            room,
            toInt8(isOldest ? (last?.id ?? after) : after),
            toInt8(isOldest ? before : (last?.id ?? before)),
            most,
            except,
          ],
        ),
      );
      return isOldest ? found : found.reverse();
    },

    entries: (after: number, limit: number): Promise<readonly Entry[]> =>
      inPages(limit, (most, last: Entry | undefined) =>
        entries(`SELECT ${ENTRY} ${FROM_ENTRY} WHERE e.id > $1 ORDER BY e.id LIMIT $2`, [
          toInt8(last?.id ?? after),
          most,
        ]),
      ),

    async missing(ids: readonly number[]): Promise<readonly number[]> {
      const rows = await read<{ id: number }>(
        `SELECT wanted.id FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, place)
         WHERE NOT EXISTS (SELECT 1 ${FROM_ENTRY} WHERE e.id = wanted.id) ORDER BY place`,
        [ids],
      );
      return rows.map(({ id }) => id);
    },

    changes: (ids: readonly number[], limit: number, kind?: string): Promise<readonly Entry[]> =>
      entries(
        `SELECT ${ENTRY} ${FROM_ENTRY} WHERE e.of = ANY ($1::bigint[]) AND ($3::text IS NULL OR e.kind = $3)
         ORDER BY e.id LIMIT $2`,
        [ids, atMost(limit), kind ?? null],
      ),

    get,

    readable: (account: number, id: number): Promise<Entry | undefined> => readable([account, id]),

    async latest(): Promise<number | undefined> {
      const [row] = await read<{ time: number }>(
        `SELECT time FROM (
           (SELECT id, 1 AS rank, time FROM entry ORDER BY id DESC LIMIT 1)
           UNION ALL (SELECT id, 2, time FROM sent ORDER BY id DESC LIMIT 1)
         ) AS latest ORDER BY id DESC, rank LIMIT 1`,
      );
      return row?.time;
    },
  };
}
