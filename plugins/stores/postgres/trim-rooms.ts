import { EVERYONE, type Retention } from 'chatserv';
import type { Queryable } from './database.ts';
import { AT_ONCE, atMost, toInt8 } from './limits.ts';

/** Greater than every id. */
const ALL = Number.MAX_SAFE_INTEGER;

/** How many rooms a statement looks at. */
export const ROOMS = 500;

/** The entries of rooms beyond their retention. One that does not count goes with the entry after it that does, or by its time. */
const BEYOND = `
  SELECT one.id FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS kept (room, before, most)
  JOIN room r ON r.id = kept.room
  CROSS JOIN LATERAL (
    SELECT coalesce((
      SELECT id FROM entry WHERE room = r.id AND seq > 0 AND seq <= r.seq - most ORDER BY seq DESC LIMIT 1
    ), 0) AS cut, coalesce((
      SELECT id FROM entry WHERE room = r.id AND seq > 0 AND time >= before AND time <= $4 ORDER BY id LIMIT 1
    ), ${ALL}) AS young
  ) AS limits
  CROSS JOIN LATERAL (
    SELECT id FROM entry
    WHERE room = r.id AND id <= greatest(cut, young - 1) AND (id <= cut OR time < before) ORDER BY id LIMIT ${AT_ONCE}
  ) AS one LIMIT ${AT_ONCE}`;

/**
 * The entries of rooms that everyone has whom they are for. Of the present members only the two furthest behind matter:
 * the furthest may be the sender, whom its own entries are not for. Past members are looked up for each entry.
 */
const DELIVERED = `
  WITH behind AS (
    SELECT listed.room, m.account, greatest(m.since, a.since, c.id) AS upto,
      row_number() OVER (PARTITION BY listed.room ORDER BY greatest(m.since, a.since, c.id), m.account) AS place
    FROM unnest($1::bigint[]) AS listed (room) JOIN member m ON m.room = listed.room AND m.until = 0
    JOIN account a ON a.id = m.account
    JOIN LATERAL (SELECT min(id) AS id FROM cursor WHERE account = m.account HAVING count(*) > 0) AS c ON true
    UNION ALL
    (SELECT ${EVERYONE}, account, id, 1 FROM cursor WHERE ${EVERYONE} = ANY ($1::bigint[]) ORDER BY id, account LIMIT 1)
    UNION ALL
    (SELECT ${EVERYONE}, account, id, 2 FROM cursor WHERE ${EVERYONE} = ANY ($1::bigint[]) AND account <>
      (SELECT account FROM cursor ORDER BY id, account LIMIT 1) ORDER BY id, account LIMIT 1)
  ),
  slowest AS (
    SELECT listed.room, first.account, coalesce(first.upto, ${ALL}) AS upto, coalesce(second.upto, ${ALL}) AS others
    FROM unnest($1::bigint[]) AS listed (room)
    LEFT JOIN behind first ON first.room = listed.room AND first.place = 1
    LEFT JOIN behind second ON second.room = listed.room AND second.place = 2
  )
  SELECT one.id FROM slowest CROSS JOIN LATERAL (
    SELECT id FROM entry e
    WHERE room = slowest.room AND id <= slowest.others
      AND (id <= slowest.upto OR (sender = slowest.account AND NOT to_sender))
      AND NOT EXISTS (
        SELECT 1 FROM member m JOIN account a ON a.id = m.account
        JOIN LATERAL (SELECT min(id) AS id FROM cursor WHERE account = m.account HAVING count(*) > 0) AS c ON true
        WHERE m.room = e.room AND m.until > 0 AND m.since < e.id AND e.id < m.until AND c.id < e.id AND a.since < e.id
          AND (m.account <> e.sender OR e.to_sender)
      )
    ORDER BY id LIMIT ${AT_ONCE}
  ) AS one LIMIT ${AT_ONCE}`;

/** The rooms with entries after a room. */
export async function roomsWithEntries({ query }: Queryable, after: number): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `SELECT id FROM room WHERE id > $1 AND kind <> 'removed' AND EXISTS (SELECT 1 FROM entry WHERE room = room.id)
     ORDER BY id LIMIT ${ROOMS}`,
    [after],
  );
  return rows.map(({ id }) => id);
}

/** Up to `AT_ONCE` ids of entries of these rooms that need not stay. */
export async function doomedIn(
  { query }: Queryable,
  rooms: readonly number[],
  { history, rooms: own, now = ALL }: Retention,
): Promise<number[]> {
  const limits = rooms.flatMap((room) => {
    const limit = own?.has(room) ? own.get(room) : history;
    return limit === undefined ? [] : [[room, toInt8(limit.before), atMost(limit.most)] as const];
  });
  const limited = new Set(limits.map(([room]) => room));
  const unlimited = rooms.filter((room) => !limited.has(room));
  const beyond =
    limits.length === 0
      ? []
      : await query<{ id: number }>(BEYOND, [
          limits.map(([room]) => room),
          limits.map(([, before]) => before),
          limits.map(([, , most]) => most),
          toInt8(now),
        ]);
  const delivered = unlimited.length === 0 ? [] : await query<{ id: number }>(DELIVERED, [unlimited]);
  return [...beyond, ...delivered].map(({ id }) => id).slice(0, AT_ONCE);
}
