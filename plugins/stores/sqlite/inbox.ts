import type { DatabaseSync } from 'node:sqlite';
import type { Cursor, Entry, WaitingCount } from 'chatserv';
import { holds } from './crowd.ts';
import { atMost, prepare } from './rows.ts';
import { Slice } from './slice.ts';

/** A part of what was asked for, and the id after which the rest is; without one it is all of it. */
export interface Part<Found> {
  readonly found: Found;
  readonly after?: number;
}

/** A message as it is read. */
interface EntryRow extends Omit<Entry, 'everyone'> {
  readonly crowd: Uint8Array | null;
}

/** How many rows of an inbox are counted at once. */
const COUNTED = 2000;

/** Prepares what reads the log for one account: its inbox, how much waits there, and how far it has come. */
export function prepareInbox(db: DatabaseSync) {
  const start = prepare<{ id: number }>(db, 'SELECT max(since, ?2) AS id FROM accounts WHERE id = ?1');
  const named = prepare<EntryRow>(
    db,
    `SELECT id, messages.sender, name AS "from", NULL AS crowd, text, time FROM named JOIN messages ON id = message
     WHERE account = ? AND message > ? ORDER BY message`,
  );
  const wide = prepare<EntryRow>(
    db,
    `SELECT id, sender, name AS "from", crowd, text, time FROM messages WHERE wide = 1 AND id > ? ORDER BY id`,
  );
  const count = prepare<{ rows: number; last: number; own: number; sameOrigin: number }>(
    db,
    `SELECT count(*) AS rows, max(message) AS last, count(CASE WHEN sender = ?2 THEN 1 END) AS own,
       count(CASE WHEN origin = ?5 THEN 1 END) AS sameOrigin
     FROM (SELECT message, sender, origin FROM named WHERE account = ?1 AND message > ?3 ORDER BY message LIMIT ?4)`,
  );
  const contact = prepare<{ other: number }>(db, 'SELECT other FROM contacts WHERE account = ? AND other = ?');
  const below = prepare<{ id: number; sender: number; name: string }>(
    db,
    'SELECT id, sender, name FROM messages WHERE id < ? ORDER BY id DESC',
  );
  const latest = prepare<{ id: number; time: number }>(
    db,
    'SELECT id, time FROM messages WHERE id > 0 ORDER BY id DESC LIMIT 1',
  );
  const latestKey = prepare<{ id: number; time: number }>(
    db,
    'SELECT id, time FROM sent WHERE id > 0 ORDER BY id DESC LIMIT 1',
  );
  const cursor = prepare<Cursor>(db, 'SELECT cursor AS id, max(cursor, handed) AS handed FROM accounts WHERE id = ?');

  return {
    /** Reads up to `limit` entries for an account. */
    read(account: number, after: number, limit: number): Part<Entry[]> {
      const found: Entry[] = [];
      const from = start.get(account, after)?.id;
      if (from === undefined) return { found };
      const slice = new Slice();
      // Both come in the order of ids.
      const own = named.iterate(account, from);
      const others = wide.iterate(from);
      try {
        let nextOwn = nextOf(own);
        let next = nextOf(others);
        for (let last = from; found.length < limit; ) {
          const isOwn = nextOwn !== undefined && (next === undefined || nextOwn.id < next.id);
          const row = isOwn ? nextOwn : next;
          if (row === undefined) return { found };
          if (slice.isOver) return { found, after: last };
          slice.visit();
          last = row.id;
          if (isOwn) nextOwn = nextOf(own);
          else next = nextOf(others);
          const { crowd, ...entry } = row;
          const isMeant = isOwn || (crowd === null ? row.sender !== account : holds(crowd, account));
          if (isMeant) found.push({ ...entry, everyone: !isOwn && crowd === null });
        }
        return { found };
      } finally {
        own.return?.();
        others.return?.();
      }
    },

    /** Counts what names an account, and what of it is one sender's or from one origin, up to `most`. */
    count(
      account: number,
      sender: number,
      after: number,
      most: number,
      origin: string | null = null,
    ): Part<Required<WaitingCount>> {
      const limit = Math.min(COUNTED, atMost(most));
      const found = count.get(account, sender, after, limit, origin);
      const { rows: all = 0, last = after, own = 0, sameOrigin = 0 } = found ?? {};
      const isContact = contact.get(account, sender) !== undefined;
      return { found: { all, own, sameOrigin, isContact }, ...(all === COUNTED && all < most && { after: last }) };
    },

    /** Finds what a sender said, latest first, below an id. @param sender an account, or the name of one that is removed */
    saidBy(sender: number | string, before: number): Part<number[]> {
      const found: number[] = [];
      const slice = new Slice();
      let at = before;
      const rows = below.iterate(before);
      try {
        for (let row = nextOf(rows); row !== undefined; row = nextOf(rows)) {
          if (slice.isOver) return { found, after: at };
          slice.visit();
          at = row.id;
          const isMeant =
            typeof sender === 'number'
              ? row.sender === sender
              : row.name === sender && row.sender !== 0 && start.get(row.sender, 0) === undefined;
          if (isMeant) found.push(row.id);
        }
        return { found };
      } finally {
        rows.return?.();
      }
    },

    /** When the latest message was said that is known of. */
    latest(): number | undefined {
      const [message, key] = [latest.get(), latestKey.get()];
      return (message?.id ?? 0) > (key?.id ?? 0) ? message?.time : key?.time;
    },

    cursor: (account: number): Cursor => cursor.get(account) ?? { id: 0, handed: 0 },
  };
}

/** The next row. Node's iterators end with null. */
function nextOf<Row>(rows: IterableIterator<Row, unknown>): Row | undefined {
  const { done, value } = rows.next();
  return done ? undefined : (value as Row);
}

/** Prepares what moves cursors. */
export function prepareCursors(db: DatabaseSync) {
  const move = db.prepare(
    'UPDATE accounts SET cursor = max(cursor, ?2), handed = max(handed, ?3) WHERE id = ?1 AND (cursor < ?2 OR handed < ?3)',
  );
  const skip = db.prepare('UPDATE accounts SET cursor = ?3 WHERE id = ?1 AND cursor >= ?2 AND cursor < ?3');
  return {
    moveCursors(moves: readonly (readonly [account: number, id: number, handed: number])[]): void {
      for (const [account, id, handed] of moves) move.run(account, id, Math.max(id, handed));
    },
    /** Moves a cursor over messages that are not for the account, unless it has not come to where they begin. */
    skip: (account: number, from: number, to: number): void => void skip.run(account, from, to),
  };
}
