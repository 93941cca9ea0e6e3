import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchRunner, batchRunner, type Request, snapshotRunner } from './batch.ts';
import { COUNTS, type EntryRow, type NewEntryRow, type Places, placeAt } from './entry-rows.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';
import type { Part } from './rows.ts';

const ACCOUNTS = 40;
const KEYS = 20;
const END = Number.MAX_SAFE_INTEGER;

interface Kept {
  readonly id: number;
  readonly key: string;
  readonly seq: number;
  readonly previous: number;
  readonly sender: number;
  readonly origin: string;
  readonly counts: boolean;
}

/** A process that appends, with the ids of the entries it was notified of. */
interface Writer {
  readonly db: DatabaseSync;
  readonly runner: BatchRunner;
  readonly followed: number[];
}

/** A database that several processes have open, and a model of its contents. */
class Harness {
  readonly #file: string;
  /** Two processes that append, and one connection that reads. */
  readonly #writers: Writer[] = [];
  readonly #readers: { db: DatabaseSync; run: ReturnType<typeof snapshotRunner> }[] = [];
  readonly kept: Kept[] = [];
  /** The first entry sent under each key. */
  readonly #keys = new Map<number, number>();

  constructor(file: string) {
    this.#file = file;
    for (const _ of [0, 1]) this.#writers.push(this.#startWriter());
    const create = (i: number): Request => [
      'create',
      { name: `u${i}`, key: `u${i}`, hash: '', created: 1, epoch: 1 },
      [`u${i}`],
      false,
    ];
    this.#run(
      0,
      Array.from({ length: ACCOUNTS }, (_, i) => create(i + 1)),
    );
    this.#startReader();
  }

  #startWriter() {
    const db = openDatabase(this.#file, 5000, false);
    db.exec('PRAGMA synchronous = OFF');
    const followed: number[] = [];
    const files = new OpenFiles(db, this.#file, this.#file, () => {});
    const runner = batchRunner(db, this.#file, files, (rows) => followed.push(...rows.map(([id]) => id)));
    runner.look();
    return { db, runner, followed };
  }

  #startReader(): void {
    const db = new DatabaseSync(this.#file, { readOnly: true });
    this.#readers[0]?.db.close();
    this.#readers[0] = { db, run: snapshotRunner(db, this.#file) };
  }

  #run(writer: number, requests: readonly Request[]) {
    const { runner, followed } = this.#writers[writer] as Writer;
    const outcomes = runner.run(requests);
    for (const outcome of outcomes) {
      const { value } = outcome as { value?: unknown };
      if (Array.isArray(value)) for (let i = 0; i < value.length / 5; i++) followed.push(placeAt(value, i)[0]);
    }
    return outcomes;
  }

  #ask<Answer>(name: string, ...values: unknown[]): Answer {
    const [outcome] = this.#readers[0]?.run([[name, ...values]]) ?? [];
    expect(outcome).toHaveProperty('value');
    return (outcome as { value: Answer }).value;
  }

  /** Reads all parts. */
  #inParts<Found>(name: string, ...values: unknown[]): Found[] {
    const found: Found[] = [];
    for (let after: unknown; ; ) {
      const part: Part<Found, unknown> = this.#ask(name, ...values, after);
      found.push(part.found);
      after = part.after;
      if (after === undefined) return found;
    }
  }

  /** Appends in one batch, some of which fail. */
  append(writer: number, appends: readonly (Append | 'fails')[]): void {
    const outcomes = this.#run(
      writer,
      appends.map((append) => {
        if (append === 'fails') return ['append', [rowOf(FAILING)]];
        const { entries, key } = append;
        return ['append', entries.map(rowOf), key === undefined ? undefined : [SENDER, String(key), '[]', 1]];
      }),
    );
    for (const [i, outcome] of outcomes.entries()) {
      const append = appends[i] as Append | 'fails';
      expect('failed' in outcome).toBe(append === 'fails');
      if ('failed' in outcome || append === 'fails') continue;
      const { entries, key = -1 } = append;
      const duplicateOf = this.#keys.get(key);
      if (duplicateOf === undefined) {
        for (const [k, said] of entries.entries()) this.#keep(said, placeAt(outcome.value as Places, k));
        if (key >= 0) this.#keys.set(key, placeAt(outcome.value as Places, 0)[0]);
      } else {
        expect(outcome.value).toEqual({ duplicateOf, unknown: [] });
      }
    }
  }

  /** Looks for all keys, outside of a transaction. */
  finds(writer: number): void {
    for (let key = 0; key < KEYS; key++) {
      const duplicateOf = this.#keys.get(key);
      const [outcome] = this.#run(writer, [['findEntry', SENDER, String(key)]]);
      expect(outcome).toEqual({ value: duplicateOf === undefined ? undefined : { duplicateOf, unknown: [] } });
    }
  }

  #keep({ to, sender, counts }: Said, [id, , seq, previous]: ReturnType<typeof placeAt>): void {
    const key = keyOf(to);
    const before = this.kept.filter((one) => one.key === key);
    expect(id).toBe((this.kept.at(-1)?.id ?? 0) + 1);
    expect(previous).toBe(before.at(-1)?.id ?? 0);
    expect(seq).toBe(counts ? before.filter((one) => one.counts).length + 1 : 0);
    this.kept.push({ id, key, seq, previous, sender, origin: `o${sender % 3}`, counts });
  }

  /** Runs one slice of the indexer. */
  index(writer: number): void {
    expect(this.#writers[writer]?.runner.runUnsynced(['index'])).toHaveProperty('value');
  }

  /** Kills a process and starts it again. */
  crash(writer: number): void {
    const { db, followed } = this.#writers[writer] as Writer;
    expect(followed).toEqual(followed.map((_, i) => (followed[0] ?? 0) + i));
    db.close();
    this.#writers[writer] = this.#startWriter();
    this.#startReader();
  }

  agrees(account: number): void {
    const isFor = ({ key }: Kept) => key === 'everyone' || key.split(',').includes(String(account));
    const own = this.kept.filter(isFor);
    const ids = this.#inParts<EntryRow[]>('read', account, 0, END, 256).flat();
    expect(ids.map(([id]) => id)).toEqual(own.slice(0, 256).map(({ id }) => id));
    const waiting = own.filter(({ key, counts, sender }) => key !== 'everyone' && counts && sender !== account);
    const other = 1 + (account % ACCOUNTS);
    const counted = this.#inParts<Record<'all' | 'own' | 'sameOrigin', number> & { isContact: boolean }>(
      'count',
      account,
      other,
      0,
      1e6,
      'o1',
    );
    const sum = (of: 'all' | 'own' | 'sameOrigin') => counted.reduce((all, part) => all + part[of], 0);
    expect([sum('all'), sum('own'), sum('sameOrigin'), counted[0]?.isContact]).toEqual([
      waiting.length,
      waiting.filter(({ sender }) => sender === other).length,
      waiting.filter(({ origin }) => origin === 'o1').length,
      own.some(({ key, sender }) => key !== 'everyone' && sender === account && key.split(',').includes(String(other))),
    ]);
    const unread = new Map<string, number>();
    for (const { key, counts, seq } of own) if (counts) unread.set(key, seq);
    const rooms = this.#inParts<{ last: number }[]>('unread', account).flat();
    expect(rooms.map(({ last }) => last).sort()).toEqual([...unread.values()].sort());
    expect(this.#ask('head')).toBe(this.kept.at(-1)?.id ?? 0);
  }

  close(): void {
    for (const { runner, followed } of this.#writers) {
      runner.look();
      // Each entry once, whichever process appended it, except those from before its start.
      expect(followed).toEqual(this.kept.slice(this.kept.length - followed.length).map(({ id }) => id));
    }
    for (const { db } of [...this.#writers, ...this.#readers]) db.close();
  }
}

interface Append {
  readonly entries: readonly Said[];
  /** What `SENDER` calls it. */
  readonly key: number | undefined;
}

const SENDER = 1;

type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

const FAILING: Said = { to: 'everyone', sender: 1, counts: true };

const keyOf = (to: Said['to']) => (to === 'everyone' ? 'everyone' : [...new Set(to)].sort((a, b) => a - b).join());

function rowOf(entry: Said): NewEntryRow {
  const { to, sender, counts } = entry;
  const room = entry === FAILING ? 1e12 : to === 'everyone' ? 1 : [...new Set(to)].sort((a, b) => a - b);
  const flags = counts ? COUNTS : 0;
  return [room, 'message', 1, flags, sender, `u${sender}`, '', '', null, null, 1, `o${sender % 3}`];
}

const account = fc.integer({ min: 1, max: ACCOUNTS });
const said = fc
  .record({
    to: fc.oneof(
      fc.constant('everyone' as const),
      fc.array(account, { minLength: 1, maxLength: 3 }),
      // Large batches take several slices.
      fc.array(account, { minLength: 20, maxLength: 33 }),
    ),
    sender: account,
    counts: fc.boolean(),
  })
  .map(({ to, sender, counts }) => ({ to, counts, sender: to === 'everyone' ? sender : (to[0] ?? sender) }));
const writer = fc.nat(1);
const batch = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        entries: fc.array(said, { minLength: 1, maxLength: 8 }),
        key: fc.option(fc.nat(KEYS - 1), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.constant('fails' as const) },
  ),
  {
    minLength: 1,
    maxLength: 6,
  },
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), writer, batch }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('index' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), writer }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), account }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('find' as const), writer }) },
);

test('indexes and tail together have each entry and key once, wherever indexing stops', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-tail-'));
  let made = 0;
  try {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
        const harness = new Harness(join(folder, `${++made}.db`));
        for (const one of steps) {
          if (one.do === 'append') harness.append(one.writer, one.batch);
          else if (one.do === 'index') harness.index(one.writer);
          else if (one.do === 'crash') harness.crash(one.writer);
          else if (one.do === 'find') harness.finds(one.writer);
          else harness.agrees(one.account);
        }
        for (const id of [1, 2, 3]) harness.agrees(id);
        for (const id of [0, 1]) harness.finds(id);
        harness.close();
      }),
      { numRuns: Number(process.env.RUNS ?? 25), endOnFailure: true },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
