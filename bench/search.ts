/**
 * Measures the search index on a log in SQLite: how long it takes to build, what that costs others, and searches of
 * several kinds. `npm run bench:search`, or with `-- --messages 100000`; `-- --store postgres` measures the index in a
 * PostgreSQL database, of a server that it starts.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TextIndex } from '../plugins/messages/search/text-index.ts';
import { systemClock } from '../src/host/clock.ts';
import { registerModuleHooks } from '../src/host/self.ts';
import type { Account, CommandCall, Entry, Server } from '../src/index.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { percentile } from './load.ts';
import type { Row } from './report/results.ts';

// The plugins import values from `chatserv`.
registerModuleHooks();
const { Quota } = await import('../src/index.ts');
const { openStore } = await import('../plugins/stores/sqlite/store.ts');
const { openStore: openPostgres } = await import('../plugins/stores/postgres/store.ts');
const { IndexThread } = await import('../plugins/messages/search/index-thread.ts');
const { Indexer } = await import('../plugins/messages/search/indexer.ts');
const { LocalIndex } = await import('../plugins/messages/search/local-index.ts');
const { StoreIndex } = await import('../plugins/messages/search/store-index.ts');
const { searchCommand } = await import('../plugins/messages/search/search-command.ts');

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    rooms: { type: 'string', default: '200' },
    samples: { type: 'string', default: '100' },
    store: { type: 'string', default: 'sqlite' },
  },
});
const [MESSAGES, ROOMS, SAMPLES] = [values.messages, values.rooms, values.samples].map(Number) as [
  number,
  number,
  number,
];

/** How many entries are appended at once. */
const AT_ONCE = 1000;

/** How many messages an account may read that joined all rooms late. */
const LATE = 1000;

/** Of the tables in PostgreSQL. */
const SCHEMA = 'bench';

const VOCABULARY = 50_000;
const WORDS = 12;

const folder = mkdtempSync(join(tmpdir(), 'chatserv-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true }));
const file = join(folder, 'chat.db');

const rows: Record<string, Row> = {};

function note(name: string, times: readonly number[]): void {
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => percentile(times, part)) as [number, number, number];
  rows[name] = { measured: times.length, p50, p99, max };
  console.error(name, JSON.stringify(rows[name]));
}

const random = generator();
/** A word: the second most common one is half as common as the first. */
const word = () => `w${Math.floor(Math.exp(random() * Math.log(VOCABULARY)))}`;

const postgres = values.store === 'postgres' ? new PostgresServer({ fsync: 'on' }) : undefined;
await postgres?.create();
const shared =
  postgres && (await openPostgres({ ...postgres.options(SCHEMA), connections: 10, statementTimeout: 60_000 }));
const store = shared ?? (await openStore({ file, busyTimeout: 5000, owned: true, now: Date.now }));
const { accounts, messageLog: log } = store;
const [reader, late, lone, sender] = (await Promise.all(
  ['reader', 'late', 'lone', 'sender'].map((name) => accounts.create(name, '')),
)) as unknown as [Account, Account, Account, Account];
const rooms: number[] = [];
for (let i = 0; i < ROOMS; i++) rooms.push((await log.createRoom(`room${i}`, {}))?.id ?? 0);
for (const room of rooms) await log.join(room, reader.id, '', 1);

async function fill(first: number, end: number): Promise<void> {
  const message = { kind: 'message', version: 1, counts: true, sender: sender.id, from: 'sender', device: '' };
  for (let at = first; at < end; at += AT_ONCE) {
    const entries = Array.from({ length: Math.min(AT_ONCE, end - at) }, (_, i) => {
      const text = Array.from({ length: WORDS }, word).join(' ');
      const extra = `${(at + i) % 1000 === 0 ? ' 東京タワー' : ''}${(at + i) % 100_000 === 0 ? ' needle' : ''}`;
      const to = { room: rooms[Math.floor(random() * ROOMS)] ?? 0 };
      return { ...message, to, toSender: false, body: text + extra, time: Date.now() };
    });
    await log.append(entries);
  }
}

/** Times another client's appends for so many seconds, or until it is over. */
async function others(name: string, isOver: () => boolean): Promise<void> {
  const times: number[] = [];
  while (!isOver()) {
    const began = performance.now();
    const message = { kind: 'message', version: 1, counts: true, sender: sender.id, from: 'sender', device: '' };
    await log.append([{ ...message, to: { direct: [sender.id] }, toSender: true, body: 'a note', time: Date.now() }]);
    times.push(performance.now() - began);
    await after(5);
  }
  note(name, times);
}

let began = performance.now();
await fill(0, MESSAGES - LATE);
for (const room of rooms) await log.join(room, late.id, '', 1);
await fill(MESSAGES - LATE, MESSAGES);
await log.join(rooms[0] ?? 0, lone.id, '', 1);
await log.append([
  {
    kind: 'message',
    version: 1,
    counts: true,
    sender: sender.id,
    from: 'sender',
    device: '',
    toSender: false,
    time: 1,
    to: { room: rooms[0] ?? 0 },
    body: 'w1 w2 w3',
  },
]);
console.error(`filled in ${Math.round((performance.now() - began) / 1000)} s`);
const quietEnd = performance.now() + 10_000;
await others('others append', () => performance.now() > quietEnd);

const thread = new IndexThread();
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
const clock = systemClock;
const index: TextIndex =
  shared === undefined
    ? new LocalIndex({ messageLog: log, clock, thread, file: `${file}-search`, most: Number.MAX_SAFE_INTEGER })
    : new StoreIndex(shared.searchIndex);
const indexer = new Indexer({ messageLog: log, clock, logger: quiet, index });
const cpuBefore = process.cpuUsage();
began = performance.now();
indexer.start();
await others('others append, while the index is built', () => indexer.progress === 1);
const built = performance.now() - began;
const { user, system } = process.cpuUsage(cpuBefore);
rows['building the index'] = { measured: MESSAGES, tookMs: built };
console.error(`built in ${Math.round(built / 1000)} s, ${Math.round((user + system) / 1e6)} s of processor time`);
const [indexBytes, logBytes] = await sizes();
console.error(`the index has ${Math.round(indexBytes / 1e6)} MB, the log ${Math.round(logBytes / 1e6)} MB`);

/** How much the index and the log take, in bytes. */
async function sizes(): Promise<readonly [index: number, log: number]> {
  if (postgres === undefined) return [statSync(`${file}-search`).size, statSync(file).size];
  const [found] = await postgres.query<{ index: string; log: string }>(
    `SELECT pg_total_relation_size('${SCHEMA}.search_message') AS index, pg_total_relation_size('${SCHEMA}.entry') AS log`,
  );
  return [Number(found?.index), Number(found?.log)];
}

const server = { countLimitHit() {}, shown: ({ id }: Entry) => ({ line: '', event: { id } }) } as unknown as Server;
const options = { perMinute: 1e9, pageSize: 20, maxPageSize: 100, maxLength: 256, maxSearches: 64, searchTime: 2 };
const command = searchCommand(options, { accounts, messageLog: log, server, clock, indexer, quota: new Quota() });

/** Times a search through the command, without its client. */
async function searches(name: string, account: Account, query: string | (() => string)): Promise<void> {
  const times: number[] = [];
  let hits = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const asked = performance.now();
    const answer = await command.run({
      account,
      values: { query: typeof query === 'string' ? query : query() },
    } as unknown as CommandCall);
    times.push(performance.now() - asked);
    hits = (answer as unknown as { facts: { hits: unknown[] } }).facts.hits.length;
  }
  note(`${name} (${hits} found)`, times);
}

await searches('a rare word', reader, 'needle');
await searches('a common word', reader, 'w1');
await searches('any word', reader, word);
await searches('three common words', reader, 'w1 w2 w3');
await searches('a phrase', reader, '"w1 w2"');
await searches('a rare phrase', reader, '"w100 w200"');
await searches('two characters of CJK', reader, '東京');
await searches('a common word in a room', reader, 'w1 in:#room7');
await searches('a common word, page 100,000 messages back', reader, `w1 before:${Math.round(MESSAGES * 0.9)}`);
await searches('nothing of a sender', reader, 'w1 from:late');
await searches('a common word, by who reads two messages', lone, 'w1');
await searches('a common word, by who reads 1,000 messages in all rooms', late, 'w1');
await searches('a rare word, by who reads 1,000 messages in all rooms', late, 'needle');
indexer.stop();
await thread.close();
await store.close();
await postgres?.remove();

console.log(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}; times in milliseconds\n`);
console.log('| search | measured | p50 | p99 | max | took |\n| --- | --- | --- | --- | --- | --- |');
for (const [name, { measured, p50, p99, max, tookMs }] of Object.entries(rows)) {
  const times = [p50, p99, max, tookMs].map((time) => time?.toPrecision(3) ?? '');
  console.log(`| ${name} | ${measured} | ${times.join(' | ')} |`);
}
console.log(`\n${JSON.stringify(rows)}`);

/** Numbers from 0 to 1, the same ones each time. */
function generator(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
