import type { DatabaseSync } from 'node:sqlite';
import { prepareAppend } from './append.ts';
import { REDACTED } from './entry-rows.ts';
import { prepareForgetting } from './forget.ts';
import { Indexer } from './indexer.ts';
import { LogEnd } from './log-end.ts';
import type { Redaction } from './redactions.ts';
import { prepare } from './rows.ts';

/** Who redacts an entry again. */
const SERVER = { id: 0, name: '*server*' };

/**
 * Carries out redactions that a database lacks because it is an earlier copy. Each blanked entry gets a new redaction entry,
 * so that clients and indexes learn of it.
 * @returns how many there were
 */
export function replayRedactions(db: DatabaseSync, redactions: readonly Redaction[], now = Date.now()): number {
  const find = prepare<{ room: number; sender: number; time: number; flags: number }>(
    db,
    'SELECT room, sender, time, flags FROM entry WHERE id = ?',
  );
  const isMissing = ({ id, sender, time, removed }: Redaction): boolean => {
    const entry = find.get(id);
    if (entry?.sender !== sender || entry.time !== time) return false;
    return removed === true || (entry.flags & REDACTED) === 0;
  };
  if (!redactions.some(isMissing)) return 0;
  // An entry may have been redacted first and removed later.
  const byId = new Map(redactions.map((redaction) => [redaction.id, redaction]));
  db.exec('BEGIN IMMEDIATE');
  try {
    const missing = [...byId.values()].filter(isMissing);
    const end = new LogEnd(db);
    end.catchUp();
    // They are in the file already.
    const appending = prepareAppend(db, end, { note: () => {} });
    for (const { id, removed } of missing) {
      const room = find.get(id)?.room;
      if (removed || room === undefined) continue;
      appending.append([[room, 'redaction', 1, 0, SERVER.id, SERVER.name, '', '', id, null, now, null]]);
    }
    end.flush();
    remove(
      db,
      end,
      missing.filter(({ removed }) => removed),
    );
    db.exec('COMMIT');
    return missing.length;
  } catch (cause) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw cause;
  }
}

function remove(db: DatabaseSync, end: LogEnd, removed: readonly Redaction[]): void {
  if (removed.length === 0) return;
  indexAll(db, end);
  prepareForgetting(db, end).forgetAll(removed.map(({ id }) => id));
}

/** Indexes the whole log, within the current transaction. */
export function indexAll(db: DatabaseSync, end: LogEnd): void {
  const indexer = new Indexer(db, end);
  while (end.indexed < end.head) indexer.step();
}
