import type { DatabaseSync } from 'node:sqlite';
import type { NewEntry } from 'chatserv';
import { pack } from './crowd.ts';

/** Up to so many accounts have a row each that names them; more are a crowd, packed into the message's own row. */
const NAMED_MOST = 32;

/** Prepares what adds a message to the log. @returns adds one, with the next id unless it has one, and gives its id */
export function prepareAppend(db: DatabaseSync): (entry: NewEntry, id?: number) => number {
  const append = db.prepare(
    'INSERT INTO messages (id, sender, name, text, time, wide, crowd, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const nameAccount = db.prepare('INSERT INTO named (account, message) SELECT id, ?2 FROM accounts WHERE id = ?1');
  return ({ sender, from, audience, text, time, key }, given) => {
    const named = audience === 'everyone' ? [] : [...new Set(audience)];
    const crowd = named.length > NAMED_MOST ? pack(named) : null;
    const wide = audience === 'everyone' || crowd !== null;
    const { lastInsertRowid } = append.run(given ?? null, sender, from, text, time, Number(wide), crowd, key ?? null);
    const id = Number(lastInsertRowid);
    if (!wide) for (const account of named) nameAccount.run(account, id);
    return id;
  };
}
