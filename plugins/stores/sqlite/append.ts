import type { DatabaseSync } from 'node:sqlite';
import type { Duplicate, NewEntry } from 'chatserv';
import { pack } from './crowd.ts';
import { prepare } from './rows.ts';

/** Up to so many accounts have a row each that names them; more are a crowd, packed into the message's own row. */
const NAMED_MOST = 32;

/** How many of the accounts that an account has written to are remembered. */
const CONTACTS_MOST = 1000;

/** Prepares what adds a message. @returns adds one, with the next id unless it has one, and gives its id */
function prepareInsert(db: DatabaseSync): (entry: NewEntry, id?: number) => number {
  const insert = db.prepare(
    'INSERT INTO messages (id, sender, name, text, time, wide, crowd) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const nameAccount = db.prepare(
    'INSERT INTO named (account, message, sender, origin) SELECT id, ?2, ?3, ?4 FROM accounts WHERE id = ?1',
  );
  const listCrowd = db.prepare('INSERT INTO crowds (message, account) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  const noteContact = prepareContacts(db);
  return ({ sender, from, audience, text, time, origin = null }, given) => {
    const named = audience === 'everyone' ? [] : [...new Set(audience)];
    const crowd = named.length > NAMED_MOST ? pack(named) : null;
    const wide = audience === 'everyone' || crowd !== null;
    const { lastInsertRowid } = insert.run(given ?? null, sender, from, text, time, Number(wide), crowd);
    const id = Number(lastInsertRowid);
    if (crowd !== null) listCrowd.run(id, 0);
    if (wide) return id;
    let waiting = 0;
    for (const account of named) {
      const { changes } = nameAccount.run(account, id, sender, origin);
      waiting += Number(changes);
      if (changes > 0 && given === undefined) noteContact(sender, account, id);
    }
    // For nobody that there is: it has had its id.
    if (waiting === 0) remove.run(id);
    return id;
  };
}

/** Prepares what notes that an account has written to another one, and forgets the oldest of too many such others. */
function prepareContacts(db: DatabaseSync): (account: number, other: number, message: number) => void {
  const add = db.prepare('INSERT OR IGNORE INTO contacts (account, other, message) VALUES (?, ?, ?)');
  const oldest = prepare<{ others: number; other: number }>(
    db,
    'SELECT count(*) AS others, other, min(message) FROM contacts WHERE account = ?',
  );
  const remove = db.prepare('DELETE FROM contacts WHERE account = ? AND other = ?');
  return (account, other, message) => {
    if (account === 0 || account === other || Number(add.run(account, other, message).changes) === 0) return;
    const { others = 0, other: first = 0 } = oldest.get(account) ?? {};
    if (others > CONTACTS_MOST) remove.run(account, first);
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
