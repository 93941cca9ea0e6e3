import type { Cursor, CursorMove, Device } from 'chatserv';
import type { Database } from './database.ts';
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

/** The devices of accounts, and where they and their users are in the log. */
export function devicesOf(database: Database) {
  return {
    /** See `MessageLog.enter`. */
    enter: (account: number, name: string, now: number, most: number): Promise<Cursor> =>
      database.transaction(async ({ query }) => {
        const [found] = await query<{ since: number }>('SELECT since FROM account WHERE id = $1 FOR NO KEY UPDATE', [
          account,
        ]);
        if (found === undefined) return { id: 0, handed: 0 };
        const all = await query<Device>(DEVICES, [account]);
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
          await query('DELETE FROM cursor WHERE account = $1 AND device = ANY ($2::text[])', [
            account,
            removed.map((device) => device.name),
          ]);
        }
        return { id: known?.id ?? furthest, handed: known?.handed ?? furthest };
      }),

    devices: (account: number): Promise<readonly Device[]> => database.read<Device>(DEVICES, [account]),

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

const DEVICES = 'SELECT device AS name, id, handed, seen FROM cursor WHERE account = $1';
