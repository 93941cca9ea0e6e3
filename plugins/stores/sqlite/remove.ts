import type { DatabaseSync } from 'node:sqlite';
import { unpack } from './account-set.ts';
import type { Forgetting, Waiting } from './forget.ts';
import type { LogEnd } from './log-end.ts';
import { prepare } from './rows.ts';
import { Slice } from './slice.ts';

/** How many rooms to look up at a time. */
const PAGE = 100;

const NOBODY: readonly Waiting[] = [];

/**
 * Prepares the removal of an account with its devices, markers and memberships, and of conversations without any other
 * account. Entries that only this account had yet to read are left to the next trimming. What it said stays in the log.
 */
export function prepareRemoval(db: DatabaseSync, end: LogEnd, { forgetHad, settle }: Forgetting) {
  const rooms = prepare<{ room: number; members: Uint8Array | null }>(
    db,
    `SELECT room, members FROM member CROSS JOIN room ON room.id = room WHERE account = ? ORDER BY room LIMIT ${PAGE}`,
  );
  const isMember = prepare<{ room: number }>(db, 'SELECT room FROM member WHERE account = ? AND room = ?');
  const removeMember = db.prepare('DELETE FROM member WHERE account = ? AND room = ?');
  const removeDirect = db.prepare('DELETE FROM direct WHERE members = ?');
  const removeRoom = db.prepare('DELETE FROM room WHERE id = ?');
  const removals = ['cursor', 'marker', 'contact', 'mention'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE account = ?`),
  );
  const removeAccount = db.prepare('DELETE FROM accounts WHERE id = ?');

  /** @returns the entry after which the next slice continues; undefined when done */
  function leave(account: number, room: number, packed: Uint8Array, from: number, slice: Slice): number | undefined {
    const isLeft = unpack(packed).some((one) => one !== account && isMember.get(one, room) !== undefined);
    if (isLeft || (end.room(room)?.last ?? 0) > end.indexed) return undefined;
    const stopped = forgetHad(room, from, NOBODY, slice);
    if (stopped !== undefined) return stopped;
    end.forget(room);
    removeDirect.run(packed);
    removeRoom.run(room);
    return undefined;
  }

  /**
   * Removes an account, a slice at a time.
   * @param from where the last slice ended: an entry of the first remaining room
   * @returns where the next slice continues; undefined when done
   */
  return (account: number, from = 0): number | undefined => {
    const slice = new Slice();
    let after = from;
    try {
      for (;;) {
        const page = rooms.all(account);
        for (const { room, members } of page) {
          if (slice.isOver) return after;
          slice.remove();
          const stopped = members === null ? undefined : leave(account, room, members, after, slice);
          if (stopped !== undefined) return stopped;
          removeMember.run(account, room);
          after = 0;
        }
        if (page.length < PAGE) break;
      }
      for (const removal of removals) removal.run(account);
      removeAccount.run(account);
      return undefined;
    } finally {
      settle();
    }
  };
}
