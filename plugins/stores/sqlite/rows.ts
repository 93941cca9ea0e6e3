import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A statement whose rows are known to have a type. */
export interface Rows<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

/** Prepares a statement that gives rows of a type. */
export function prepare<Row>(db: DatabaseSync, sql: string): Rows<Row> {
  return db.prepare(sql) as unknown as Rows<Row>;
}

/** A limit as SQLite takes it: a negative one would be none. */
export function atMost(limit: number): number {
  return Math.max(0, Math.min(limit, Number.MAX_SAFE_INTEGER));
}
