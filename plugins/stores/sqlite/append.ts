import type { DatabaseSync } from 'node:sqlite';
import type { Duplicate, NewEntry } from 'chatserv';
import { pack } from './crowd.ts';
import { prepare } from './rows.ts';

/** Up to so many accounts have a row each that names them; more are a crowd, packed into the message's own row. */
const NAMED_MOST = 32;

/** Prepares what adds a message. @returns adds one, with the next id unless it has one, and gives its id */
function prepareInsert(db: DatabaseSync): (entry: NewEntry, id?: number) => number {
  const insert = db.prepare(
    'INSERT INTO messages (id, sender, name, text, time, wide, crowd) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const nameAccount = db.prepare(
    'INSERT INTO named (account, message, sender) SELECT id, ?2, ?3 FROM accounts WHERE id = ?1',
  );
  const listCrowd = db.prepare('INSERT INTO crowds (message, account) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  return ({ sender, from, audience, text, time }, given) => {
    const named = audience === 'everyone' ? [] : [...new Set(audience)];
    const crowd = named.length > NAMED_MOST ? pack(named) : null;
    const wide = audience === 'everyone' || crowd !== null;
    const { lastInsertRowid } = insert.run(given ?? null, sender, from, text, time, Number(wide), crowd);
    const id = Number(lastInsertRowid);
    if (crowd !== null) listCrowd.run(id, 0);
    if (wide) return id;
    let waiting = 0;
    for (const account of named) waiting += Number(nameAccount.run(account, id, sender).changes);
    // For nobody that there is: it has had its id.
    if (waiting === 0) remove.run(id);
    return id;
  };
}

/**
 * Prepares what adds a message to the log, with the next id unless it has one, and gives its id; or finds that its
 * sender has said one under its key already.
 */
export function prepareAppend(db: DatabaseSync) {
  const insert = prepareInsert(db);
  const find = prepare<{ id: number; unknown: string }>(
    db,
    'SELECT id, unknown FROM sent WHERE sender = ? AND key = ?',
  );
  const remember = db.prepare('INSERT INTO sent (id, sender, key, unknown, time) VALUES (?, ?, ?, ?, ?)');

  function findEntry(sender: number, key: string): Duplicate | undefined {
    const row = find.get(sender, key);
    return row && { duplicateOf: row.id, unknown: JSON.parse(row.unknown) as string[] };
  }

  return {
    findEntry,
    append(entry: NewEntry, given?: number): number | Duplicate {
      const { sender, key, unknown = [], time } = entry;
      if (key === undefined) return insert(entry, given);
      const before = findEntry(sender, key);
      if (before !== undefined) return before;
      const id = insert(entry, given);
      remember.run(id, sender, key, JSON.stringify(unknown), time);
      return id;
    },
  };
}
