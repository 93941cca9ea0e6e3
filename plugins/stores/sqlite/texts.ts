import type { DatabaseSync } from 'node:sqlite';
import type { StoredText } from 'chatserv';
import { prepare } from './rows.ts';

/** A request lists no more than one text beyond so many UTF-16 units. */
const LISTED_LENGTH = 64 * 1024;

/** Prepares the queries of what plugins store. */
export function prepareTexts(db: DatabaseSync) {
  const find = prepare<{ text: string }>(db, 'SELECT text FROM texts WHERE key = ?');
  const set = db.prepare('INSERT OR REPLACE INTO texts (key, text) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM texts WHERE key = ?');
  const list = prepare<{ key: string; text: string }>(
    db,
    'SELECT key, text FROM texts WHERE key >= ?1 AND key < ?3 AND (?2 OR key > ?1) ORDER BY key LIMIT ?4',
  );

  const readText = (key: string) => find.get(key)?.text;

  function writeText(key: string, text: string | undefined): void {
    if (text === undefined) remove.run(key);
    else set.run(key, text);
  }

  return {
    readText,
    writeText,
    replaceText(key: string, old: string | undefined, text: string | undefined): boolean {
      const isOld = readText(key) === old;
      if (isOld) writeText(key, text);
      return isOld;
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
