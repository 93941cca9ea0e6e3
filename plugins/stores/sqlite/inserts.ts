import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** How many rows the prepared statements insert. */
const ROWS = [16, 4, 1];

/**
 * Prepares the insertion of many rows, several per statement: to run a statement costs as much as to insert two rows.
 * @param into the statement up to its values, as in `INSERT INTO place (room, id)`
 * @param columns the number of columns
 * @returns inserts the values of any number of rows
 */
export function prepareInserts(
  db: DatabaseSync,
  into: string,
  columns: number,
): (values: readonly SQLInputValue[]) => void {
  const row = `(${Array(columns).fill('?').join()})`;
  const statements = ROWS.map((rows) => ({
    length: rows * columns,
    statement: db.prepare(`${into} VALUES ${Array(rows).fill(row).join()}`),
  }));
  return (values) => {
    let at = 0;
    for (const { length, statement } of statements) {
      for (; at + length <= values.length; at += length) statement.run(...values.slice(at, at + length));
    }
  };
}
