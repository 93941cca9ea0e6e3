/**
 * Measures how long each kind of request occupies the SQLite store's thread, in a database of a given size.
 * `npm run bench:store`, or with `-- --messages 1000000 --accounts 10000 --file /tmp/store.db`: an existing file is used
 * as it is and kept. It times batches of one request, with commit and checkpoint, without fsync. Requests during which
 * the system ran something else on the processor are left out, and counted.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { batchRunner, type Request, snapshotRunner } from '../plugins/stores/sqlite/batch.ts';
import { openDatabase } from '../plugins/stores/sqlite/open.ts';
import { OpenFiles } from '../plugins/stores/sqlite/open-files.ts';
import { registerModuleHooks } from '../src/host/self.ts';
import { fillStore } from './fill-store.ts';
import { percentile } from './load.ts';

// The store imports values from `chatserv`, as plugins do.
registerModuleHooks();
const { openStore } = await import('../plugins/stores/sqlite/store.ts');

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000000' },
    accounts: { type: 'string', default: '100000' },
    samples: { type: 'string', default: '10000' },
    file: { type: 'string' },
  },
});
const [MESSAGES, ACCOUNTS, SAMPLES] = [values.messages, values.accounts, values.samples].map(Number) as [
  number,
  number,
  number,
];

const folder = values.file === undefined ? mkdtempSync(join(tmpdir(), 'chatserv-bench-')) : undefined;
const file = values.file ?? join(folder ?? '', 'chat.db');
process.once('exit', () => folder && rmSync(folder, { recursive: true }));

if (!existsSync(file)) {
  const began = performance.now();
  fillStore(file, MESSAGES, ACCOUNTS);
  console.error(`filled ${file} in ${Math.round((performance.now() - began) / 1000)} s`);
}

const began = performance.now();
const db = openDatabase(file, 5000, true);
console.error(`opened in ${Math.round(performance.now() - began)} ms`);
db.exec('PRAGMA synchronous = OFF');
const { run, runUnsynced, runBehind } = batchRunner(db, file, new OpenFiles(db, file, file, () => {}));
const read = snapshotRunner(new DatabaseSync(file, { readOnly: true }), file);

/** Times in milliseconds. */
export type Row = Readonly<Record<'count' | 'p50' | 'p99' | 'p99.9' | 'max' | 'disturbed', number>>;
const rows: Record<string, Row> = {};

/**
 * Times requests, one after another.
 * @param request makes a request from its number and the previous result
 * @param perform the thread that performs it
 */
function measure(
  name: string,
  request: (i: number, before: unknown) => Request | undefined,
  { samples = SAMPLES, perform = run } = {},
): void {
  const times: number[] = [];
  let disturbed = 0;
  let before: unknown;
  for (let i = 0; i < samples; i++) {
    const next = request(i, before);
    if (next === undefined) break;
    const { involuntaryContextSwitches: switches } = process.resourceUsage();
    const began = performance.now();
    const [outcome] = perform([next]);
    const time = performance.now() - began;
    if (process.resourceUsage().involuntaryContextSwitches > switches) disturbed++;
    else times.push(time);
    if (outcome === undefined || 'failed' in outcome) throw new Error(outcome?.failed);
    before = outcome.value;
    // As the thread does after each batch.
    if (next[0] === 'append') runBehind();
  }
  rows[name] = summary(times, disturbed);
  console.error(name, JSON.stringify(rows[name]));
}

function summary(times: readonly number[], disturbed = 0): Row {
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => percentile(times, part)) as [number, number, number];
  return { count: times.length, p50, p99, 'p99.9': p999, max: percentile(times, 1), disturbed };
}

/** The last entry read from an inbox, and how many accounts were removed. */
let readUpTo = 0;
let removed = 0;

/** Numbers that look random and are the same each time. */
const pick = (i: number, below: number) => 1 + ((i * 7919 + 104_729) % below);
const account = (i: number) => pick(i, ACCOUNTS);
const accounts = (i: number, count: number) => Array.from({ length: count }, (_, k) => account(i + k * 13));
const text = 'x'.repeat(100);
const row = (to: number | readonly number[], sender: number) =>
  [to, 'message', 1, 1, sender, `u${sender}`, '', text, null, null, Date.now(), null] as const;
const pair = (a: number, b: number) => (a === b ? [a] : a < b ? [a, b] : [b, a]);
const ascending = (ids: readonly number[]) => [...new Set(ids)].sort((a, b) => a - b);
const direct = (i: number): Request => ['append', [row(pair(account(i), account(i + 1)), account(i))]];
const reads = { perform: read };

/** Repeats a request from where the last one ended, until there is nothing left. */
const inParts =
  (name: string, ...values: unknown[]) =>
  (_i: number, before: unknown): Request | undefined => {
    const { after } = (before ?? {}) as { after?: unknown };
    return before !== undefined && after === undefined ? undefined : [name, ...values, after];
  };

measure('find', (i) => ['find', `u${account(i)}`], reads);
measure('lookalike', (i) => ['lookalike', [`u${account(i)}`, `v${i}`]], reads);
measure('list', (i) => ['list', account(i), 500], { samples: 2000, perform: read });
measure('seenSince', (i) => ['seenSince', 1 + i, Number.MAX_SAFE_INTEGER, 0, 1000], { samples: 2000, perform: read });
measure('devices', (i) => ['devices', account(i)], reads);
measure('count', (i) => ['count', account(i), account(i + 1), 0, 10_000], reads);
measure('count, a large inbox', inParts('count', 1, 2, 0, 1e9, undefined), reads);
measure('read, a login', (i) => ['read', account(i), 0, 1e15, 256], { samples: 4000, perform: read });
measure(
  'read, after a long absence',
  (_, before) => {
    const { found = [], after } = (before ?? {}) as { found?: number[][]; after?: unknown };
    if (before !== undefined && found.length === 0 && after === undefined) return undefined;
    readUpTo = found.at(-1)?.[0] ?? readUpTo;
    return ['read', 2, readUpTo, 1e15, 256, after];
  },
  reads,
);
measure('history', (i) => ['history', 1, { before: 1 + pick(i, MESSAGES), limit: 100 }], {
  samples: 2000,
  perform: read,
});
measure('unread', (i) => ['unread', account(i)], reads);
measure('unread, many rooms', inParts('unread', 1), reads);
measure('create', (i) => [
  'create',
  { name: `n${i}`, key: `n${i}`, hash: text, created: 1, epoch: 1 },
  [`n${i}`, `m${i}`],
  true,
]);
measure('setSeen', (i) => ['setSeen', account(i), Date.now() + i]);
measure('enter', (i) => ['enter', account(i), i % 2 === 0 ? '' : 'phone', Date.now() + i, 16]);
measure('append, to everyone', (i) => ['append', [row(1, account(i))]]);
measure('append, to one', direct);
measure('append, under a key', (i) => [
  'append',
  [row(pair(account(i), account(i + 1)), account(i))],
  [account(i), `key ${i}`, '[]', Date.now()],
]);
measure('append, to 32', (i) => ['append', [row(ascending(accounts(i, 32)), account(i))]]);
measure(
  'append, to 1,000 one by one',
  (i) => ['append', accounts(i, 1000).map((id) => row(pair(account(i), id), account(i)))],
  {
    samples: 500,
  },
);
measure('moveCursors, 100', (i) => ['moveCursors', accounts(i, 100).flatMap((id, k) => [id, '', i + k, i + k]), i], {
  samples: 2000,
});
for (let i = 0; i < 20; i++)
  run([['append', accounts(i, 100).map((id, k) => row(pair(account(i), id), account(i + k)))]]);
measure('a turn of the indexer', (_, before) => ['index', before], {
  perform: (requests) => requests.map(runUnsynced),
});
measure(
  'remove',
  (_i, before) => ['remove', typeof before === 'number' ? 3 + (removed % 50) : 3 + (++removed % 50), before],
  {
    samples: 1000,
  },
);
measure(
  'saidBy',
  (_, before) => {
    const { after } = (before ?? {}) as { after?: number };
    return before !== undefined && after === undefined
      ? undefined
      : ['saidBy', account(5), after ?? Number.MAX_SAFE_INTEGER];
  },
  reads,
);

while ((runUnsynced(['index']) as { value: unknown }).value !== undefined);
const { n: kept } = db.prepare('SELECT entries AS n FROM log').get() as { n: number };
const trimming = (name: string, most: number) => {
  const retention = { before: 0, most, keysSince: Date.now() };
  measure(name, (i, before) => (i > 0 && before === undefined ? undefined : ['trim', retention, before]), {
    samples: 1e6,
    perform: (requests) => requests.map(runUnsynced),
  });
};
trimming('trim, what all have', 1e9);
trimming('trim, again', 1e9);
trimming('trim, 2% too many', Math.round(kept * 0.98));
db.close();

const MESSAGE = {
  kind: 'message',
  version: 1,
  counts: true,
  device: '',
  toSender: false,
  body: text,
  time: Date.now(),
};

/** Times another client's appends, fsync included, on an idle store and during trimming. */
const { messageLog: log, close } = await openStore({ file, busyTimeout: 5000, owned: true, now: Date.now });
async function others(name: string, seconds: number): Promise<void> {
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const [sender, other] = [account(times.length), account(times.length + 1)];
    const value = { ...MESSAGE, to: { direct: [sender, other] }, sender, from: `u${sender}` };
    const began = performance.now();
    await log.append([value]);
    times.push(performance.now() - began);
    await after(5);
  }
  rows[name] = summary(times);
}
await others('others append', 10);
let trims = true;
const round = (async () => {
  while (trims && (await log.trim({ before: 0, most: Math.round(kept * 0.9), keysSince: 0 })));
})();
await others('others append, while the log is trimmed', 20);
trims = false;
await round;
await close();

console.log(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}; times in milliseconds\n`);
console.log('| request | measured | p50 | p99 | p99.9 | max | left out |\n| --- | --- | --- | --- | --- | --- | --- |');
for (const [name, row] of Object.entries(rows)) {
  const figures = [row.p50, row.p99, row['p99.9'], row.max].map((time) => time.toPrecision(3));
  console.log(`| ${name} | ${row.count} | ${figures.join(' | ')} | ${row.disturbed} |`);
}
console.log(`\n${JSON.stringify(rows)}`);
