import type { DatabaseSync } from 'node:sqlite';
import type { StoredText } from 'chatserv';
import { prepare } from './rows.ts';

/** A request stops listing at this many UTF-16 units. */
const LISTED_LENGTH = 64 * 1024;

/** Prepares the statements for plugins' data. */
export function prepareTexts(db: DatabaseSync) {
  const find = prepare<{ text: string }>(db, 'SELECT text FROM texts WHERE key = ?');
  const set = db.prepare('INSERT OR REPLACE INTO texts (key, text) VALUES (?, ?)');
  const add = db.prepare('INSERT OR IGNORE INTO texts (key, text) VALUES (?, ?)');
  const replace = db.prepare('UPDATE texts SET text = ?3 WHERE key = ?1 AND text = ?2');
  const remove = db.prepare('DELETE FROM texts WHERE key = ?');
  const removeOld = db.prepare('DELETE FROM texts WHERE key = ? AND text = ?');
  const list = prepare<{ key: string; text: string }>(
    db,
    'SELECT key, text FROM texts WHERE key >= ?1 AND key < ?3 AND (?2 OR key > ?1) ORDER BY key LIMIT ?4',
  );

  return {
    readText: (key: string) => find.get(key)?.text,
    writeText: (key: string, text: string | undefined): void =>
      void (text === undefined ? remove.run(key) : set.run(key, text)),
    replaceText(key: string, old: string | undefined, text: string | undefined): boolean {
      if (old === undefined) return text === undefined ? find.get(key) === undefined : add.run(key, text).changes > 0;
      return (text === undefined ? removeOld.run(key, old) : replace.run(key, old, text)).changes > 0;
    },
    listTexts(start: string, inclusive: boolean, end: string, limit: number): StoredText[] {
      const texts: StoredText[] = [];
      let length = 0;
      for (const { key, text } of list.iterate(start, Number(inclusive), end, limit)) {
        texts.push([key, text]);
        length += key.length + text.length;
        if (length >= LISTED_LENGTH) break;
      }
      return texts;
    },
  };
}
