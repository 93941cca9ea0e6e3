/**
 * Measures for how long each kind of request holds the thread of the SQLite store, in a database of a given size.
 * `npm run bench:store`, or with `-- --messages 1000000 --accounts 10000 --file /tmp/store.db`: a file that is there is
 * used as it is and kept. What is measured is a batch of one request, commit and checkpoint included, fsync excluded.
 * A request during which the system gave the processor to others is left out, and counted.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { batchRunner, type Request } from '../plugins/stores/sqlite/batch.ts';
import { openDatabase } from '../plugins/stores/sqlite/open.ts';
import { OpenFiles } from '../plugins/stores/sqlite/open-files.ts';
import { answerForSelf } from '../src/host/self.ts';
import { fillStore } from './fill-store.ts';
import { percentile } from './load.ts';

// The store imports values from `chatserv`, as plugins do.
answerForSelf();
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
const { run } = batchRunner(db, file, new OpenFiles(db, file, file, () => {}));

type Row = Readonly<Record<'count' | 'p50' | 'p99' | 'p99.9' | 'max' | 'disturbed', number>>;
const rows: Record<string, Row> = {};

/** Times requests, one after the other. @param request makes the one of a number from the result of the one before */
function measure(name: string, request: (i: number, before: unknown) => Request | undefined, samples = SAMPLES): void {
  const times: number[] = [];
  let disturbed = 0;
  let before: unknown;
  for (let i = 0; i < samples; i++) {
    const next = request(i, before);
    if (next === undefined) break;
    const { involuntaryContextSwitches: switches } = process.resourceUsage();
    const began = performance.now();
    const [outcome] = run([next]);
    const time = performance.now() - began;
    if (process.resourceUsage().involuntaryContextSwitches > switches) disturbed++;
    else times.push(time);
    if (outcome === undefined || 'failed' in outcome) throw new Error(outcome?.failed);
    before = outcome.value;
  }
  rows[name] = summary(times, disturbed);
  console.error(name, JSON.stringify(rows[name]));
}

function summary(times: readonly number[], disturbed = 0): Row {
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => percentile(times, part)) as [number, number, number];
  return { count: times.length, p50, p99, 'p99.9': p999, max: percentile(times, 1), disturbed };
}

/** Numbers that look random and are the same each time. */
const pick = (i: number, below: number) => 1 + ((i * 7919 + 104_729) % below);
const account = (i: number) => pick(i, ACCOUNTS);
const accounts = (i: number, count: number) => Array.from({ length: count }, (_, k) => account(i + k * 13));
const text = 'x'.repeat(100);
const entry = (i: number, audience: 'everyone' | number[], more = {}) =>
  ['append', { sender: account(i), from: `u${account(i)}`, audience, text, time: Date.now(), ...more }] as const;

measure('find', (i) => ['find', `u${account(i)}`]);
measure('lookalike', (i) => ['lookalike', [`u${account(i)}`, `v${i}`]]);
measure('list', (i) => ['list', account(i), 500], 2000);
measure('seenSince', (i) => ['seenSince', 1 + i, Number.MAX_SAFE_INTEGER, 0, 1000], 2000);
measure('cursor', (i) => ['cursor', account(i)]);
measure('count', (i) => ['count', account(i), account(i + 1), 0, 10_000]);
measure('count, much waits', (i) => ['count', 1, account(i), 0, 10_000], 2000);
measure('read, a login', (i) => ['read', account(i), 0, 256], 4000);
measure('read, after a long absence', (_, before) => {
  const { found = [], after = 0 } = (before ?? {}) as { found?: { id: number }[]; after?: number };
  if (before !== undefined && found.length === 0 && after === 0) return undefined;
  return ['read', 2, Math.max(after, found.at(-1)?.id ?? 0), 256];
});
measure('readText', (i) => ['readText', `lockout/${i} 192.0.2.1`]);
measure('writeText', (i) => ['writeText', `lockout/${i % 5000} 192.0.2.1`, '{"until":1800000000000}']);
measure('listTexts', (i) => ['listTexts', `lockout/${i}`, true, 'lockout0', 100]);
measure('create', (i) => [
  'create',
  { name: `n${i}`, key: `n${i}`, hash: text, created: 1, epoch: 1 },
  [`n${i}`, `m${i}`],
  true,
]);
measure('setSeen', (i) => ['setSeen', account(i), Date.now() + i]);
measure('append, to everyone', (i) => entry(i, 'everyone'));
measure('append, to one', (i) => entry(i, [account(i + 1)]));
measure('append, under a key', (i) => entry(i, [account(i + 1)], { key: `key ${i}` }));
measure('append, to 32', (i) => entry(i, accounts(i, 32)));
measure('append, to 1,000', (i) => entry(i, accounts(i, 1000)), 2000);
measure('append, to 10,000', (i) => entry(i, accounts(i, 10_000)), 1000);
measure('moveCursors, 100', (i) => ['moveCursors', accounts(i, 100).map((id, k) => [id, i + k, i + k])], 2000);
measure('remove', (i, before) => ['remove', before === false ? 3 + (i % 7) : 3 + (i % 50)], 1000);
measure('saidBy', (_, before) => {
  const { after } = (before ?? {}) as { after?: number };
  return before !== undefined && after === undefined
    ? undefined
    : ['saidBy', account(5), after ?? Number.MAX_SAFE_INTEGER];
});

const { n: kept } = db.prepare('SELECT messages AS n FROM log_size').get() as { n: number };
const trimming = (name: string, most: number) => {
  const retention = { before: 0, most, keysSince: Date.now() };
  measure(name, (i, before) => (i > 0 && before === undefined ? undefined : ['trim', retention, before]), 1e6);
};
trimming('trim, what all have', 1e9);
trimming('trim, again', 1e9);
trimming('trim, 2% too many', Math.round(kept * 0.98));
db.close();

/** What others wait for an answer, alone and while the log is trimmed; with all there is to it, fsync too. */
const { log, close } = await openStore({ file, busyTimeout: 5000, owned: true, now: Date.now });
async function others(name: string, seconds: number): Promise<void> {
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const [, value] = entry(times.length, [account(times.length)]);
    const began = performance.now();
    await log.append(value);
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
