import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { batchRunner, type Request, snapshotRunner } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';

/** A connection that calls back after the first query of the rooms' indexes. */
function interrupted(db: DatabaseSync, interrupt: () => void): DatabaseSync {
  let isFirst = true;
  return {
    exec: (sql: string) => db.exec(sql),
    prepare(sql: string) {
      const statement = db.prepare(sql);
      if (!sql.includes('FROM place')) return statement;
      return {
        all(...values: never[]) {
          const rows = statement.all(...values);
          if (isFirst) interrupt();
          isFirst = false;
          return rows;
        },
        get: (...values: never[]) => statement.get(...values),
        setReturnArrays: (enabled: boolean) => statement.setReturnArrays(enabled),
      };
    },
  } as unknown as DatabaseSync;
}

test('an inbox is read from one snapshot, whatever is written meanwhile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-batch-'));
  try {
    const file = join(folder, 'chat.db');
    using writer = openDatabase(file, 5000, true);
    const { run } = batchRunner(writer, file, new OpenFiles(writer, file, file, () => {}));
    const say = (to: number | readonly number[]) =>
      run([['append', [[to, 'message', 1, 1, 9, 'alice', '', '', null, null, 1, null]]]]);
    run([['create', { name: 'bob', key: 'bob', hash: '', created: 1, epoch: 1 }, ['bob'], false]]);
    say(1);
    say([1, 9]);
    run([['index']]);
    using db = new DatabaseSync(file, { readOnly: true });
    const read = snapshotRunner(
      interrupted(db, () => {
        // The first of them is in a room that was read already.
        say(1);
        say([1, 9]);
        run([['index']]);
      }),
      file,
    );
    const ids = () => {
      let part: { found: number[][]; after?: unknown } | undefined;
      // Writing takes longer than several slices.
      do {
        const [outcome] = read([['read', 1, 0, Number.MAX_SAFE_INTEGER, 10, part?.after]]);
        part = (outcome as { value: NonNullable<typeof part> }).value;
      } while (part.after !== undefined);
      return part.found.map(([id]) => id);
    };
    // If it saw only the last one, it would never read the third.
    expect(ids()).toEqual([1, 2]);
    expect(ids()).toEqual([1, 2, 3, 4]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('entries whose indexing was rolled back are indexed later', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-batch-'));
  try {
    const file = join(folder, 'chat.db');
    using db = openDatabase(file, 5000, true);
    const { run } = batchRunner(db, file, new OpenFiles(db, file, file, () => {}));
    const say = (room: number): Request => [
      'append',
      [[room, 'message', 1, 1, 9, 'alice', '', '', null, null, 1, null]],
    ];
    run([say(1), say(1)]);
    const [indexed, refused] = run([['index'], say(99)]);
    expect(indexed).toEqual({ value: undefined });
    expect(refused).toHaveProperty('failed');
    expect(db.prepare('SELECT indexed FROM log').get()).toEqual({ indexed: 2 });
    expect(db.prepare('SELECT id FROM place').all()).toEqual([{ id: 1 }, { id: 2 }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
