import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { snapshotRunner } from './batch.ts';
import { MIGRATIONS } from './schema.ts';

/** A connection that calls back when the first look at what names an account has found nothing. */
function interrupted(db: DatabaseSync, interrupt: () => void): DatabaseSync {
  let isFirst = true;
  return {
    exec: (sql: string) => db.exec(sql),
    prepare(sql: string) {
      const statement = db.prepare(sql);
      if (!sql.includes('FROM named JOIN')) return statement;
      return {
        iterate(...values: never[]) {
          const rows = statement.iterate(...values);
          return {
            next() {
              const next = rows.next();
              if (next.done && isFirst) interrupt();
              isFirst = false;
              return next;
            },
            return: () => rows.return?.(),
          };
        },
      };
    },
  } as unknown as DatabaseSync;
}

test('an inbox is read from one state of the database, whatever is written meanwhile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-batch-'));
  try {
    const file = join(folder, 'chat.db');
    using writer = new DatabaseSync(file);
    for (const migration of MIGRATIONS) writer.exec(migration);
    writer.exec(`PRAGMA journal_mode = WAL;
      INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES ('bob', 'bob', '', 1, 0, 0)`);
    const say = (wide: number) =>
      writer.exec(`INSERT INTO messages (sender, name, text, time, wide) VALUES (9, 'alice', '', 1, ${wide})`);
    using db = new DatabaseSync(file, { readOnly: true });
    const run = snapshotRunner(
      interrupted(db, () => {
        say(0);
        writer.exec('INSERT INTO named (account, message) VALUES (1, 1)');
        say(1);
      }),
      file,
    );
    const ids = () => {
      const [outcome] = run([['read', 1, 0, 10]]);
      return (outcome as { value: { found: { id: number }[] } }).value.found.map(({ id }) => id);
    };
    // With the second message alone, the first one would never be read.
    expect(ids()).toEqual([]);
    expect(ids()).toEqual([1, 2]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
