/**
 * Appends direct messages to the log of a PostgreSQL database as fast as possible, as a server does under load:
 * `node bench/append.ts --url postgres://... --seconds 3 --inFlight 1000`. Prints what was done, as JSON.
 */
import { parseArgs } from 'node:util';
import { registerModuleHooks } from '../src/host/self.ts';
import { percentile } from './report/statistics.ts';

// The store imports values from `chatserv`, as plugins do.
registerModuleHooks();
const { openStore } = await import('../plugins/stores/postgres/store.ts');

const { values } = parseArgs({
  options: { url: { type: 'string' }, seconds: { type: 'string' }, inFlight: { type: 'string' } },
});
const [seconds, inFlight] = [Number(values.seconds), Number(values.inFlight)];

/** What a writer has done. */
export interface Appended {
  readonly appended: number;
  /** With those before the measured time. */
  readonly all: number;
  readonly commits: number;
  /** In seconds. */
  readonly took: number;
  /** How long an append takes, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Conversations of members that each writer has for itself. */
const CONVERSATIONS = 1000;
const first = process.pid * CONVERSATIONS;

const MESSAGE = { kind: 'message', version: 1, counts: true, device: '', toSender: false, body: 'x'.repeat(100) };

const {
  messageLog: log,
  facts,
  close,
} = await openStore({
  url: values.url,
  schema: 'chatserv',
  connections: 10,
  connectTimeout: 5000,
  statementTimeout: 10_000,
  now: Date.now,
});

const times: number[] = [];
let count = 0;
let end = performance.now() + 1000;
const append = async (): Promise<void> => {
  while (performance.now() < end) {
    const sender = first + (count++ % CONVERSATIONS);
    const began = performance.now();
    await log.append([
      { ...MESSAGE, to: { direct: [sender, sender + 1] }, sender, from: `u${sender}`, time: Date.now() },
    ]);
    times.push(performance.now() - began);
  }
};
const run = () => Promise.all(Array.from({ length: inFlight }, append));

// The conversations are there, and the code is compiled.
await run();
const warmUp = times.length;
times.length = 0;
const { batches } = await facts.read();
const began = performance.now();
end = began + seconds * 1000;
await run();
const took = (performance.now() - began) / 1000;
const commits = (await facts.read()).batches - batches;
await close();
const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
const done: Appended = { appended: times.length, all: times.length + warmUp, commits, took, p50, p99 };
console.log(JSON.stringify(done));
