import { EVERYONE, MENTIONS_MOST, type Member, nameKey, type Room, type Span, type Unread } from 'chatserv';
import type { Database } from './database.ts';
import { ascending, listOf, membersIn } from './entry-rows.ts';
import { gathering } from './gathering.ts';
import { AT_ONCE, inPages } from './limits.ts';
import { columns, MENTIONS_ALL } from './log-rows.ts';

interface RoomRow {
  readonly id: number;
  readonly kind: Room['kind'];
  readonly name: string;
  readonly members: string | null;
  readonly facts: string;
  readonly size: number;
}

/** The columns of a room, of `room r`. */
export const ROOM = 'r.id, r.kind, r.name, r.members, r.facts, r.size';

export function roomOf({ id, kind, name, members, facts, size }: RoomRow): Room {
  const room = { id, kind, name, facts: JSON.parse(facts) as Room['facts'], size };
  return members === null ? room : { ...room, members: membersIn(members) };
}

/** Positions of an account, `wanted.account`, in the rooms that it is in now, `room r`, `everyone` among them. */
const POSITION = `
  r.id AS room, r.last AS "lastId", r.seq AS last, least(r.seq, coalesce(m.seq, 0)) AS marker,
  CASE WHEN coalesce(m.seq, 0) >= r.seq THEN 0 ELSE (
    SELECT count(*) FROM (
      SELECT DISTINCT seq FROM mention
      WHERE account IN (${MENTIONS_ALL}, wanted.account) AND room = r.id AND seq > coalesce(m.seq, 0) LIMIT ${MENTIONS_MOST}
    ) AS mentioning
  ) END AS mentions
  FROM (
    SELECT ${EVERYONE}::bigint AS room FROM account WHERE id = wanted.account
    UNION ALL SELECT room FROM member JOIN account ON account.id = account WHERE account = wanted.account AND until = 0
  ) AS mine JOIN room r ON r.id = mine.room AND r.kind <> 'removed'
  LEFT JOIN marker m ON m.account = wanted.account AND m.room = r.id`;

/** Selects from positions of the account $1. */
const ofOne = (condition: string): string =>
  `SELECT found.* FROM (SELECT $1::bigint AS account) AS wanted
   CROSS JOIN LATERAL (SELECT ${POSITION} WHERE ${condition}) AS found`;

const UNREAD = `
  SELECT place, found.* FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (account, place)
  CROSS JOIN LATERAL (SELECT ${POSITION} WHERE r.seq > coalesce(m.seq, 0)) AS found ORDER BY place, room`;

const ROOMS_OF = `
  SELECT place, found.*
  FROM unnest($1::bigint[], $2::bigint[], $3::text[]) WITH ORDINALITY AS wanted (account, after, kind, place)
  CROSS JOIN LATERAL (
    SELECT ${ROOM} FROM member m JOIN account a ON a.id = m.account JOIN room r ON r.id = m.room
    WHERE m.account = wanted.account AND m.until = 0 AND r.id > wanted.after
      AND (r.kind = wanted.kind OR (wanted.kind IS NULL AND r.kind IN ('room', 'direct')))
    ORDER BY r.id LIMIT $4
  ) AS found ORDER BY place, id`;

/** How many accounts share a statement that may return many rows for each. */
const FEW = { requests: 20 };

/** A row for one of several requests, which are numbered from 1. */
type Placed<Row> = Row & { readonly place: number };

/** The rows for each of so many requests. */
function byPlace<Row>(rows: readonly Placed<Row>[], count: number): Row[][] {
  const places = Array.from({ length: count }, (): Row[] => []);
  for (const { place, ...row } of rows) places[place - 1]?.push(row as Row);
  return places;
}

/** Reads rooms, their members, and what accounts have read of them. */
export function roomsOf({ read }: Pick<Database, 'read'>) {
  const readRooms = gathering(
    async (wanted: readonly (readonly [account: number, after: number, kind: string | null])[]) =>
      byPlace(await read<Placed<RoomRow>>(ROOMS_OF, [...columns(wanted, 3), AT_ONCE]), wanted.length),
    FEW,
  );

  const readUnread = gathering(
    async (accounts: readonly number[]) => byPlace(await read<Placed<Unread>>(UNREAD, [accounts]), accounts.length),
    FEW,
  );

  return {
    async room(room: number | string | readonly number[]): Promise<Room | undefined> {
      const [row] =
        typeof room === 'number'
          ? await read<RoomRow>(`SELECT ${ROOM} FROM room r WHERE id = $1 AND kind <> 'removed'`, [room])
          : typeof room === 'string'
            ? await read<RoomRow>(`SELECT ${ROOM} FROM room r WHERE key = $1`, [nameKey(room)])
            : await read<RoomRow>(`SELECT ${ROOM} FROM room r WHERE members = $1::bigint[]`, [listOf(ascending(room))]);
      return row && roomOf(row);
    },

    rooms: (after: number, limit: number): Promise<readonly Room[]> =>
      inPages(limit, async (most, last: Room | undefined) =>
        (
          await read<RoomRow>(`SELECT ${ROOM} FROM room r WHERE kind = 'room' AND id > $1 ORDER BY id LIMIT $2`, [
            last?.id ?? after,
            most,
          ])
        ).map(roomOf),
      ),

    async roomsOf(account: number, kind?: 'room' | 'direct'): Promise<readonly Room[]> {
      const rooms: RoomRow[] = [];
      for (;;) {
        const page = await readRooms([account, rooms.at(-1)?.id ?? EVERYONE, kind ?? null]);
        rooms.push(...page);
        if (page.length < AT_ONCE) return rooms.map(roomOf);
      }
    },

    members: (room: number, after: number, limit: number): Promise<readonly Member[]> =>
      inPages(limit, (most, last: Member | undefined) =>
        read<Member>(
          `SELECT account, role, since FROM member
           WHERE room = $1 AND account > $2 AND until = 0 AND role IS NOT NULL ORDER BY account LIMIT $3`,
          [room, last?.account ?? after, most],
        ),
      ),

    async member(room: number, account: number): Promise<Member | undefined> {
      const [row] = await read<Member>(
        `SELECT account, role, member.since FROM member JOIN room r ON r.id = member.room AND r.kind = 'room'
         WHERE account = $2 AND member.room = $1 AND until = 0`,
        [room, account],
      );
      return row;
    },

    /** See `MessageLog.spans`. */
    async spans(account: number, room: number): Promise<readonly Span[]> {
      return (await spansOf(read, account, room)).get(room) ?? [];
    },
    namedSpans: (account: number): Promise<ReadonlyMap<number, readonly Span[]>> => spansOf(read, account),

    unread: (account: number): Promise<readonly Unread[]> => readUnread(account),
    async position(account: number, room: number): Promise<Unread | undefined> {
      const [row] = await read<Unread>(ofOne('r.id = $2'), [account, room]);
      return row;
    },
    positions: (account: number, before: number, limit: number): Promise<readonly Unread[]> =>
      inPages(limit, (most, last: Unread | undefined) =>
        read<Unread>(ofOne('r.last < $2 ORDER BY r.last DESC LIMIT $3'), [account, last?.lastId ?? before, most]),
      ),
  };
}

/** @param room undefined for `everyone` and all named rooms */
async function spansOf(read: Database['read'], account: number, room?: number): Promise<Map<number, Span[]>> {
  const rows = await read<Span & { room: number }>(
    `SELECT ${EVERYONE} AS room, since, 0::bigint AS until FROM account
     WHERE id = $1 AND ($2::bigint IS NULL OR $2 = ${EVERYONE})
     UNION ALL
     SELECT m.room, greatest(m.since, a.since), m.until FROM member m
     JOIN account a ON a.id = m.account JOIN room r ON r.id = m.room
     WHERE m.account = $1 AND CASE WHEN $2 IS NULL THEN r.kind = 'room' ELSE m.room = $2 AND r.kind <> 'removed' END
     ORDER BY room, since`,
    [account, room ?? null],
  );
  const spans = new Map<number, Span[]>();
  for (const { room, since, until } of rows) {
    const span = { since, until };
    const of = spans.get(room);
    if (of === undefined) spans.set(room, [span]);
    else of.push(span);
  }
  return spans;
}
