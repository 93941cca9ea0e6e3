import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { StoredAccount } from 'chatserv';

/** The name of the signing key in the table `secrets`. */
export const SIGNING_KEY = 'signing-key';

/** A statement with typed rows. */
export interface Rows<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): IterableIterator<Row, undefined>;
}

/** Prepares a statement with typed rows. */
export function prepare<Row>(db: DatabaseSync, sql: string): Rows<Row> {
  return db.prepare(sql) as unknown as Rows<Row>;
}

/** Prepares a statement that returns rows as arrays, which are cheaper to make and to clone. */
export function prepareArrays<Row extends readonly unknown[]>(db: DatabaseSync, sql: string): Rows<Row> {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Rows<Row>;
}

/** A part of a result, and where to continue; `after` is absent when the result is complete. */
export interface Part<Found, Position> {
  readonly found: Found;
  readonly after?: Position;
}

/** The next row. Node's iterators end with null. */
export function nextOf<Row>(rows: IterableIterator<Row, unknown>): Row | undefined {
  const { done, value } = rows.next();
  return done ? undefined : (value as Row);
}

/** A limit for SQLite, where a negative one would mean none. */
export function atMost(limit: number): number {
  return Math.max(0, Math.min(limit, Number.MAX_SAFE_INTEGER));
}

/** An account as it is stored. */
export interface AccountRow extends Omit<StoredAccount, 'roles'> {
  readonly roles: string;
}

/** Splits an account's roles. */
export function withRoles<Row extends { readonly roles: string }>(row: Row): Omit<Row, 'roles'> & { roles: string[] };
export function withRoles<Row extends { readonly roles: string }>(
  row: Row | undefined,
): (Omit<Row, 'roles'> & { roles: string[] }) | undefined;
export function withRoles<Row extends { readonly roles: string }>(row: Row | undefined) {
  return row && { ...row, roles: row.roles === '' ? [] : row.roles.split(' ') };
}
