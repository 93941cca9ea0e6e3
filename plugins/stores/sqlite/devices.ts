import type { DatabaseSync } from 'node:sqlite';
import type { Cursor, Device } from 'chatserv';
import { prepare } from './rows.ts';

/** How many values a cursor move has: account, device, id, handed. */
export const MOVE_LENGTH = 4;

/** Cursor moves in one flat array, which is cheap to clone. */
export type Moves = readonly (number | string)[];

/** How many values a marker move has: account, room, seq. */
export const MARKER_MOVE_LENGTH = 3;

/** Moves a marker of an account that exists, forward only. */
export const MOVE_MARKER = `
  INSERT INTO marker (account, room, seq) SELECT id, ?2, ?3 FROM accounts WHERE id = ?1
  ON CONFLICT (account, room) DO UPDATE SET seq = excluded.seq WHERE seq < excluded.seq`;

/** Prepares the query for an account's devices. */
export function prepareDevices(db: DatabaseSync): (account: number) => Device[] {
  const devices = prepare<Device>(db, 'SELECT device AS name, id, handed, seen FROM cursor WHERE account = ?');
  // Rows from SQLite have no prototype.
  return (account) => devices.all(account).map((device) => ({ ...device }));
}

/** Prepares the statements that add and remove devices, and move cursors and markers. */
export function prepareCursors(db: DatabaseSync) {
  const devices = prepareDevices(db);
  const since = prepare<{ since: number }>(db, 'SELECT since FROM accounts WHERE id = ?');
  const add = db.prepare('INSERT INTO cursor (account, device, id, handed, seen) VALUES (?1, ?2, ?3, ?3, ?4)');
  const see = db.prepare('UPDATE cursor SET seen = max(seen, ?3) WHERE account = ?1 AND device = ?2');
  const remove = db.prepare('DELETE FROM cursor WHERE account = ? AND device = ?');
  const move = db.prepare(
    `UPDATE cursor SET id = max(id, ?3), handed = max(handed, ?4, ?3), seen = max(seen, ?5)
     WHERE account = ?1 AND device = ?2`,
  );
  const moveMarker = db.prepare(MOVE_MARKER);

  return {
    /** Records a device's login, and adds the device if it is new. */
    enter(account: number, device: string, now: number, most: number): Cursor {
      const start = since.get(account)?.since;
      if (start === undefined) return { id: 0, handed: 0 };
      const all = devices(account);
      const known = all.find(({ name }) => name === device);
      const id = Math.max(start, ...all.map(({ id }) => id));
      if (known !== undefined) see.run(account, device, now);
      else add.run(account, device, id, now);
      const others = all.filter(({ name }) => name !== device).sort((a, b) => b.seen - a.seen);
      for (const [i, { name, seen }] of others.entries()) {
        const wasNeverUsed = name === '' && seen === 0;
        if (wasNeverUsed || i + 1 >= most) remove.run(account, name);
      }
      return { id: known?.id ?? id, handed: known?.handed ?? id };
    },

    removeDevice: (account: number, device: string): boolean => remove.run(account, device).changes > 0,

    moveCursors(moves: Moves, now: number): void {
      for (let at = 0; at < moves.length; at += MOVE_LENGTH) {
        move.run(moves[at] as number, moves[at + 1] as string, moves[at + 2] as number, moves[at + 3] as number, now);
      }
    },

    /** @param moves in one flat array, which is cheap to clone */
    moveMarkers(moves: readonly number[]): void {
      for (let at = 0; at < moves.length; at += MARKER_MOVE_LENGTH) {
        moveMarker.run(moves[at] as number, moves[at + 1] as number, moves[at + 2] as number);
      }
    },
  };
}
