import type { DatabaseSync } from 'node:sqlite';
import { COUNTS, MENTIONS_ALL } from './entry-rows.ts';
import { prepare } from './rows.ts';
import type { Tail } from './tail.ts';

/** Prepares the query for the entries of a room that mention an account. */
export function prepareMentions(db: DatabaseSync, tail: Tail) {
  const last = prepare<{ id: number }>(
    db,
    'SELECT id FROM mention WHERE account = ? AND room = ? ORDER BY seq DESC LIMIT 1',
  );
  const from = prepare<{ id: number }>(
    db,
    'SELECT id FROM mention WHERE account = ? AND room = ? AND seq >= ? AND id <= ? ORDER BY seq LIMIT ?',
  );
  const seqAfter = prepare<{ seq: number }>(
    db,
    `SELECT seq FROM entry WHERE id =
       (SELECT id FROM place WHERE room = ? AND id > ? AND id <= ? AND flags & ${COUNTS} ORDER BY id LIMIT 1)`,
  );

  /** The number of a room's first entry above an id that counts as unread. */
  function firstSeq(room: number, after: number): number {
    const indexed = seqAfter.get(room, after, tail.indexed)?.seq;
    return indexed ?? tail.entriesOf(room).find(({ id, flags }) => id > after && flags & COUNTS)?.seq ?? 0;
  }

  /** The ids of the entries above `after` and up to `upTo` that mention an account or everyone, up to `limit` of each. */
  return (account: number, room: number, after: number, upTo: number, limit: number): Iterable<number> => {
    const found = new Set<number>();
    for (const one of [account, MENTIONS_ALL]) {
      if ((last.get(one, room)?.id ?? 0) <= after) continue;
      for (const { id } of from.all(one, room, firstSeq(room, after), upTo, limit)) found.add(id);
    }
    return found;
  };
}
