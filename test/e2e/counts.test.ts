import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LineClient } from 'chatserv/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Readings } from '../../bench/probes/probe.ts';
import { canSlowFsync, compileSlowFsync } from '../../bench/servers/places.ts';
import { type Program, startProgram } from '../support/program.ts';

const PROBE = new URL('../../bench/probes/probe.ts', import.meta.url).href;

const [SENDERS, LISTENERS] = [10, 10];
/** Everyone online but the sender. */
const OTHERS = SENDERS + LISTENERS - 1;

/** Lines of each sender: more than the server runs at once, so that they need three commits. */
const AT_ONCE = 80;

let folder = '';
let program: Program;
const senders: LineClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-counts-'));
  program = await startCounted();
  for (let i = 0; i < SENDERS; i++) senders.push(await program.joins(`sender${i}`));
  for (let i = 0; i < LISTENERS; i++) await program.joins(`listener${i}`);
}, 60_000);

afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The program, counting, with a disk so slow that what is in flight meets in one commit. */
function startCounted(): Promise<Program> {
  const slow = canSlowFsync() && {
    LD_PRELOAD: compileSlowFsync(folder),
    SLOW_FSYNC_MS: '20',
    FSYNC_COUNT_FILE: join(folder, 'fsyncs'),
  };
  const env = { NODE_OPTIONS: `--import ${PROBE}`, BENCH_COUNTS: '1', BENCH_EXIT_IO: '/dev/null', ...slow };
  const limits = { linesPerSecond: 0, bytesPerSecond: 0 };
  // Cursors are written by time, and cost a message the more of it the slower the machine.
  const plugins = { 'offline-messages': { cursorTime: 600_000 } };
  return startProgram({ limits, log: { level: 'error' }, plugins }, { env });
}

async function readProbe(): Promise<Readings> {
  const readings = program.stdout.match(/^probe /gm)?.length ?? 0;
  program.signals('SIGUSR2');
  const [printed] = await program.prints(new RegExp(`(?:^probe .*\n[^]*?){${readings + 1}}`, 'm'));
  return JSON.parse(printed.slice(printed.lastIndexOf('probe ') + 'probe '.length)) as Readings;
}

/** Rows by table. */
function readRows(): Readonly<Record<string, number>> {
  using db = new DatabaseSync(join(program.folder, 'chat.db'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  return Object.fromEntries(
    tables.map(({ name }) => [name, Number(db.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n)]),
  );
}

/** Calls of plugins' hooks and commands, by plugin and name. */
async function readCalls(): Promise<Readonly<Record<string, number>>> {
  const { plugins } = await program.facts();
  return Object.fromEntries(
    plugins.flatMap(({ name, meters }) => meters.map(({ what, calls }) => [`${name} ${what}`, calls])),
  );
}

type Counts = Readonly<Record<string, number>>;

async function read(): Promise<Readonly<Record<'work' | 'rows' | 'calls', Counts>>> {
  return { work: (await readProbe()) as unknown as Counts, rows: readRows(), calls: await readCalls() };
}

/**
 * What each of so many messages costs: what grew, divided by their number. Of three rounds the least counts, since
 * what the program does by time, once or now and then, is no message's.
 */
async function costOf(messages: number, send: () => Promise<unknown>) {
  const rounds = [await read()];
  for (let i = 0; i < 3; i++) {
    await send();
    rounds.push(await read());
  }
  const each = (what: 'work' | 'rows' | 'calls'): Counts =>
    Object.fromEntries(
      Object.keys(rounds.at(-1)?.[what] ?? {}).flatMap((name) => {
        const counts = rounds.map((round) => round[what][name] ?? 0);
        const least = Math.min(...counts.slice(1).map((count, i) => count - (counts[i] ?? 0)));
        return least === 0 ? [] : [[name, least / messages]];
      }),
    );
  return { work: each('work'), rows: each('rows'), calls: each('calls') };
}

/** Sends lines in one write, and awaits their answers. */
async function says(sender: LineClient, ...lines: string[]): Promise<void> {
  await sender.says(...lines);
  for (let answers = 0; answers < lines.length; ) if ((await sender.next()) === 'sent:') answers++;
}

/** Rows besides those of messages: of 20 accounts and their conversations. */
const OTHER_ROWS = 300;

/** Checks that each message so far is one row of the log and at most one of its index, whoever it is for. */
function expectFewRows(): void {
  const { entry = 0, place = 0, ...others } = readRows();
  expect(place).toBeLessThanOrEqual(entry);
  expect(Object.values(others).reduce((sum, rows) => sum + rows)).toBeLessThan(OTHER_ROWS);
}

// With the counts as they are. What is above them is for timers.
describe.each([
  ['a direct message', (sender: number) => `message listener${sender} hello`, 'message command message', 1],
  ['a broadcast', () => 'broadcast hello', 'broadcast command broadcast', OTHERS],
] as const)('%s', (_, lineOf, command, recipients) => {
  /** Calls of plugins, but one for each write to a recipient. */
  const CALLS = { [command]: 1, 'offline-messages onMessage': 1 };

  test('by itself costs one trip to the store, one commit, and a write for each who receives it', async () => {
    const messages = 25;
    const send = async () => {
      for (let i = 0; i < messages; i++) await says(senders[0] as LineClient, lineOf(0));
    };
    const { work, rows, calls } = await costOf(messages, send);
    expect(work.promises, '10').toBeLessThan(14);
    expect(work.clones, '2').toBeLessThan(4);
    expect(work.fsyncs ?? 1, '1').toBeLessThan(2);
    expect(work.writes, `${recipients + 1}`).toBeLessThan(recipients + 1.5);
    const { 'offline-messages onDelivered': delivered, ...others } = calls;
    expect(others).toEqual(CALLS);
    expect(delivered, `${recipients}`).toBeLessThan(recipients + 0.5);
    expect(rows.entry).toBe(1);
    expectFewRows();
  });

  test.skipIf(!canSlowFsync())('shares trips, commits and writes with others in flight', async () => {
    const messages = SENDERS * AT_ONCE;
    const send = () =>
      Promise.all(senders.map((sender, i) => says(sender, ...new Array<string>(AT_ONCE).fill(lineOf(i)))));
    const { work, rows, calls } = await costOf(messages, send);
    expect(work.promises, '7').toBeLessThan(10);
    expect(work.clones, '0.015').toBeLessThan(0.05);
    expect(work.fsyncs, '0.008').toBeLessThan(0.03);
    expect(work.writes, '0.08, or 0.15').toBeLessThan(0.4);
    const { 'offline-messages onDelivered': delivered, ...others } = calls;
    expect(others).toEqual(CALLS);
    expect(delivered, '0.04, or 0.15').toBeLessThan(0.4);
    expect(rows.entry).toBe(1);
    expectFewRows();
  });
});
