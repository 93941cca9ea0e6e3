import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BatchRunner, batchRunner, type Request } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';

const ACCOUNTS = 1000;
const BATCH = 100;
const MESSAGES = 24_000;

let folder: string;
let file: string;
let db: ReturnType<typeof openDatabase>;
let runner: BatchRunner;
let said = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-pages-'));
  file = join(folder, 'chat.db');
  db = openDatabase(file, 5000, true);
  // Without checkpoints the write-ahead log has every page that was written.
  db.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0');
  runner = batchRunner(db, file, new OpenFiles(db, file, file, () => {}));
  const account = (i: number): Request => [
    'create',
    { name: `u${i}`, key: `u${i}`, hash: '', created: 1, epoch: 1 },
    [`u${i}`],
    false,
  ];
  runner.run(Array.from({ length: ACCOUNTS }, (_, i) => account(i + 1)));
  said = 0;
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** A message of 100 bytes by one of 100 accounts to one of ten others each. @param key made for each message */
function message(key?: () => string): Request {
  said++;
  const [sender, other] = [1 + 10 * (said % 100), 2 + 10 * (said % 100) + (Math.floor(said / 100) % 9)];
  const body = String(said).padStart(100, 'x');
  const entry = [[sender, other], 'message', 1, 1, sender, `u${sender}`, '', body, null, null, said, '192.0.2.1'];
  return ['append', [entry], key && [sender, key(), '[]', said]];
}

/** Appends messages in batches, with the work behind them. @returns how many bytes the write-ahead log takes for each */
function bytesPerMessage(key?: () => string): number {
  const before = statSync(`${file}-wal`).size;
  for (let i = 0; i < MESSAGES; i += BATCH) {
    for (const outcome of runner.run(Array.from({ length: BATCH }, () => message(key))))
      expect(outcome).toHaveProperty('value');
    runner.runBehind();
  }
  return (statSync(`${file}-wal`).size - before) / MESSAGES;
}

test('a message among others writes three times its size, however many rooms they are in', () => {
  bytesPerMessage();
  expect(bytesPerMessage()).toBeLessThan(330);
});

test('a key adds a row of its own and one of its index, which is built behind', () => {
  bytesPerMessage(randomUUID);
  expect(bytesPerMessage(randomUUID)).toBeLessThan(680);
});
