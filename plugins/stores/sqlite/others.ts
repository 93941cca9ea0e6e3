import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './rows.ts';

/** @returns whether another program has written to the database since it was asked before; no row is read for that */
export function writesOfOthers(db: DatabaseSync): () => boolean {
  const counter = prepare<{ data_version: number }>(db, 'PRAGMA data_version');
  let seen = counter.get()?.data_version;
  return () => {
    const before = seen;
    seen = counter.get()?.data_version;
    return seen !== before;
  };
}
