import type { DatabaseSync } from 'node:sqlite';
import { TO_SENDER } from './entry-rows.ts';
import type { LogEnd } from './log-end.ts';
import { prepare } from './rows.ts';
import type { Slice } from './slice.ts';

/** How many rows to look up at a time. */
const PAGE = 100;

/** How many entries to search at a time for those of one sender, and how many of them cost as much as a visited row. */
const OWN_PAGE = 1000;
const OWN_PER_VISIT = 10;

interface PlaceRow {
  readonly id: number;
  readonly sender: number;
  readonly flags: number;
}

/** Greater than every id. */
export const ALL = Number.MAX_SAFE_INTEGER;

/** An account that has yet to read a room's entries above `from` and below `until`. */
export interface Waiting {
  readonly account: number;
  readonly from: number;
  readonly until: number;
}

/** Removes entries and their index rows. Only indexed entries are ever removed. */
export type Forgetting = ReturnType<typeof prepareForgetting>;

/** Prepares the statements that remove entries. */
export function prepareForgetting(db: DatabaseSync, end: LogEnd) {
  const removeEntry = db.prepare('DELETE FROM entry WHERE id = ?');
  const removePlace = db.prepare('DELETE FROM place WHERE room = ? AND id = ?');
  const removeMentions = db.prepare('DELETE FROM mention WHERE id = ?');
  const roomOf = prepare<{ room: number }>(db, 'SELECT room FROM entry WHERE id = ?');
  const addUp = db.prepare('UPDATE log SET entries = entries - ? WHERE id = 1');
  const places = prepare<PlaceRow>(
    db,
    'SELECT id, sender, flags FROM place WHERE room = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?',
  );
  const ownPlaces = prepare<{ rows: number; last: number; own: number }>(
    db,
    `SELECT count(*) AS rows, max(id) AS last, sum(sender = ?4 AND NOT flags & ${TO_SENDER}) AS own
     FROM (SELECT id, sender, flags FROM place WHERE room = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ${OWN_PAGE})`,
  );
  const ownIds = prepare<PlaceRow>(
    db,
    `SELECT id, sender, flags FROM place WHERE room = ?1 AND id > ?2 AND id <= ?3 AND sender = ?4
       AND NOT flags & ${TO_SENDER} ORDER BY id`,
  );
  let removed = 0;

  function forget(room: number, id: number, slice?: Slice): void {
    slice?.remove();
    removePlace.run(room, id);
    removeMentions.run(id);
    removed += Number(removeEntry.run(id).changes);
  }

  return {
    forget,

    /** Updates the log's count of entries. Call it at the end of each request that removes some. */
    settle(): void {
      if (removed > 0) addUp.run(removed);
      removed = 0;
    },

    /** Removes entries by id. @returns how many of them existed */
    forgetAll(ids: readonly number[]): number {
      for (const id of ids) {
        const room = roomOf.get(id)?.room;
        if (room !== undefined && id <= end.indexed) forget(room, id);
      }
      const count = removed;
      this.settle();
      return count;
    },

    /**
     * Removes the entries of a room that everyone has read. A sender has to read its own entry only if it says so.
     * @param after the id to start after
     * @param waiting the accounts with unread entries; of those with `until` at the end the two furthest behind suffice
     * @param start at most the id of the room's first entry
     * @param spoke all accounts that have said something there, if known
     * @returns the id after which the next slice continues; undefined at the end
     */
    forgetHad(
      room: number,
      after: number,
      waiting: readonly Waiting[],
      slice: Slice,
      start = 0,
      spoke?: readonly number[],
    ): number | undefined {
      const [first, second] = waiting.filter(({ until }) => until === ALL).sort((a, b) => a.from - b.from);
      const left = waiting.filter(({ until }) => until !== ALL);
      let at = after;
      const forgetUnless = ({ id, sender, flags }: PlaceRow): boolean => {
        if (slice.isOver) return false;
        slice.visit();
        at = id;
        const waits = ({ account, from, until }: Waiting) =>
          from < id && id < until && (account !== sender || (flags & TO_SENDER) !== 0);
        if (!left.some(waits)) forget(room, id, slice);
        return true;
      };

      const had = Math.min(first?.from ?? ALL, end.indexed);
      while (start <= had) {
        const page = places.all(room, at, had, PAGE);
        if (!page.every(forgetUnless)) return at;
        if (page.length < PAGE) break;
      }
      if (first === undefined || spoke?.includes(first.account) === false) return undefined;
      // Beyond that, the account furthest behind has read only its own entries.
      const hadByOthers = Math.min(second?.from ?? ALL, end.indexed);
      for (at = Math.max(at, had); ; ) {
        if (slice.isOver) return at;
        const { rows = 0, last = at, own = 0 } = ownPlaces.get(room, at, hadByOthers, first.account) ?? {};
        slice.visit(rows / OWN_PER_VISIT);
        if (own > 0 && !ownIds.all(room, at, last, first.account).every(forgetUnless)) return at;
        if (rows < OWN_PAGE) return undefined;
        at = last;
      }
    },
  };
}
