import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './rows.ts';

/** Makes a check whether another program has written to the database since the last check. It reads no rows. */
export function writesOfOthers(db: DatabaseSync): () => boolean {
  const counter = prepare<{ data_version: number }>(db, 'PRAGMA data_version');
  let seen = counter.get()?.data_version;
  return () => {
    const before = seen;
    seen = counter.get()?.data_version;
    return seen !== before;
  };
}
