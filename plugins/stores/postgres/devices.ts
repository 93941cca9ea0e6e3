import type { Cursor, CursorMove, Device } from 'chatserv';
import type { Database } from './database.ts';
import { gathering } from './gathering.ts';
import { AT_ONCE, toInt8 } from './limits.ts';
import { columns } from './log-rows.ts';

/** Moves markers of accounts that exist, forward only. */
export const MOVE_MARKERS = `
  INSERT INTO marker (account, room, seq)
  SELECT moved.account, moved.room, max(moved.seq)
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS moved (account, room, seq)
  JOIN account ON account.id = moved.account
  GROUP BY moved.account, moved.room ORDER BY moved.account, moved.room
  ON CONFLICT (account, room) DO UPDATE SET seq = greatest(marker.seq, excluded.seq)`;

const MOVE_CURSORS = `
  UPDATE cursor SET id = greatest(cursor.id, moved.id), handed = greatest(cursor.handed, moved.handed),
    seen = greatest(cursor.seen, $5)
  FROM (
    SELECT account, device, max(id) AS id, max(greatest(id, handed)) AS handed
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS moves (account, device, id, handed)
    GROUP BY account, device ORDER BY account, device
  ) AS moved
  WHERE cursor.account = moved.account AND cursor.device = moved.device`;

/** Records logins of devices that are known, where none is to be removed. */
const ENTER_KNOWN = `
  WITH known AS (
    SELECT account, device, now FROM cursor
    JOIN unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS wanted (account, device, now, most)
      USING (account, device)
    WHERE (SELECT count(*) FROM cursor other WHERE other.account = cursor.account) <= most
      AND NOT EXISTS (
        SELECT 1 FROM cursor other
        WHERE other.account = cursor.account AND other.device = '' AND other.seen = 0 AND cursor.device <> ''
      )
    ORDER BY account, device FOR UPDATE OF cursor
  )
  UPDATE cursor SET seen = greatest(cursor.seen, known.now) FROM known
  WHERE cursor.account = known.account AND cursor.device = known.device
  RETURNING cursor.account, cursor.device, cursor.id, cursor.handed`;

/** A login of a device. */
type Entering = readonly [account: number, device: string, now: number, most: number];

/** The devices of accounts, and where they and their users are in the log. */
export function devicesOf(database: Database) {
  const list = gathering(async (accounts: readonly number[]) => {
    const rows = await database.read<Device & { account: number }>(
      `SELECT account, ${DEVICE} FROM cursor WHERE account = ANY ($1::bigint[])`,
      [accounts],
    );
    const byAccount = Map.groupBy(rows, ({ account }) => account);
    return accounts.map((one) => (byAccount.get(one) ?? []).map(({ account, ...device }): Device => device));
  });

  const enterKnown = gathering(
    async (logins: readonly Entering[]) => {
      const rows = await database.query<CursorMove>(ENTER_KNOWN, columns(logins, 4));
      const cursors = new Map(rows.map(({ account, device, id, handed }) => [keyOf(account, device), { id, handed }]));
      return logins.map(([account, device]) => cursors.get(keyOf(account, device)));
    },
    { statements: 1 },
  );

  /** Records a login of a device that is new, or that others make way for. */
  const enter = ([account, name, now, most]: Entering): Promise<Cursor> =>
    database.transaction(async ({ query }) => {
      const [found] = await query<{ since: number }>('SELECT since FROM account WHERE id = $1 FOR NO KEY UPDATE', [
        account,
      ]);
      if (found === undefined) return { id: 0, handed: 0 };
      const all = await query<Device>(`SELECT ${DEVICE} FROM cursor WHERE account = $1`, [account]);
      const known = all.find((device) => device.name === name);
      const furthest = Math.max(found.since, ...all.map(({ id }) => id));
      await query(
        `INSERT INTO cursor (account, device, id, handed, seen) VALUES ($1, $2, $3, $3, $4)
           ON CONFLICT (account, device) DO UPDATE SET seen = greatest(cursor.seen, excluded.seen)`,
        [account, name, furthest, now],
      );
      const others = all.filter((device) => device.name !== name).sort((a, b) => b.seen - a.seen);
      // A default device that was never used keeps no messages.
      const removed = others.filter((device, i) => (device.name === '' && device.seen === 0) || i + 1 >= most);
      if (removed.length > 0) {
        // Unless it has logged in meanwhile.
        await query(
          `DELETE FROM cursor USING unnest($2::text[], $3::bigint[]) AS removed (device, seen)
             WHERE account = $1 AND cursor.device = removed.device AND cursor.seen = removed.seen`,
          [
            account,
            ...columns(
              removed.map(({ name, seen }) => [name, seen]),
              2,
            ),
          ],
        );
      }
      return { id: known?.id ?? furthest, handed: known?.handed ?? furthest };
    });

  return {
    /** See `MessageLog.enter`. */
    async enter(...login: Entering): Promise<Cursor> {
      return (await enterKnown(login)) ?? (await enter(login));
    },

    devices: (account: number): Promise<readonly Device[]> => list(account),

    async removeDevice(account: number, device: string): Promise<boolean> {
      const removed = await database.query('DELETE FROM cursor WHERE account = $1 AND device = $2 RETURNING 1', [
        account,
        device,
      ]);
      return removed.length > 0;
    },

    async moveCursors(moves: readonly CursorMove[], now: number): Promise<void> {
      for (let at = 0; at < moves.length; at += AT_ONCE) {
        const part = moves.slice(at, at + AT_ONCE);
        const rows = part.map(({ account, device, id, handed }) => [account, device, id, handed]);
        await database.query(MOVE_CURSORS, [...columns(rows, 4), now]);
      }
    },

    async moveMarkers(moves: readonly (readonly [account: number, room: number, seq: number])[]): Promise<void> {
      for (let at = 0; at < moves.length; at += AT_ONCE) {
        const part = moves.slice(at, at + AT_ONCE);
        await database.query(
          MOVE_MARKERS,
          columns(
            part.map((move) => move.map(toInt8)),
            3,
          ),
        );
      }
    },
  };
}

const DEVICE = 'device AS name, id, handed, seen';

const keyOf = (account: number, device: string): string => `${account} ${device}`;
