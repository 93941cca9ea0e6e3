import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { prepareQueries, type Queries } from './queries.ts';
import { MIGRATIONS } from './schema.ts';
import type { TrimPosition } from './trim.ts';

/** More accounts than have a row each that names them. */
const CROWD = 40;

/** What a request may visit: a slice's rows, what is looked up about the last of them, and a page beyond. */
const VISITED_MOST = 4500;

let db: DatabaseSync;
let queries: Queries;
/** The statements that are prepared. */
let prepared: string[];
/** How many rows statements have given, and how often statements were run. */
let visited: number;

/** A statement that counts what it visits. Its plan has a test of its own: it visits what it gives. */
function counting(statement: StatementSync): StatementSync {
  return {
    get(...values: never[]) {
      visited++;
      return statement.get(...values);
    },
    all(...values: never[]) {
      const rows = statement.all(...values);
      visited += rows.length + 1;
      return rows;
    },
    run(...values: never[]) {
      visited++;
      return statement.run(...values);
    },
    iterate(...values: never[]) {
      const rows = statement.iterate(...values);
      return {
        next() {
          visited++;
          return rows.next();
        },
        return: () => rows.return?.(),
        [Symbol.iterator]() {
          return this;
        },
      };
    },
  } as unknown as StatementSync;
}

beforeEach(() => {
  db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true });
  for (const migration of MIGRATIONS) db.exec(migration);
  prepared = [];
  visited = 0;
  const prepare = db.prepare.bind(db);
  const counted = Object.create(db, {
    prepare: {
      value(sql: string) {
        prepared.push(sql);
        return counting(prepare(sql));
      },
    },
  }) as DatabaseSync;
  queries = prepareQueries(counted);
});

/** What a call visits. */
function visits(call: () => unknown): number {
  visited = 0;
  call();
  return visited;
}

function createAccounts(count: number, prefix = 'u'): number[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${prefix}${i}`;
    return queries.create({ name, key: name, hash: '', created: 0, epoch: 0 }, [name], false)?.id ?? 0;
  });
}

const say = (audience: 'everyone' | readonly number[], sender = 1) =>
  queries.append({ sender, from: 'u0', audience, text: '', time: 1 }) as number;

const KEEPS_ALL = { before: 0, most: 1e9, keysSince: 0 };

/** Trims until nothing is left to trim. @returns what each request visited */
function trim(retention = KEEPS_ALL): number[] {
  const requests: number[] = [];
  let position: TrimPosition | undefined;
  do {
    requests.push(
      visits(() => {
        position = queries.trim(retention, position);
      }),
    );
  } while (position !== undefined);
  return requests;
}

const sum = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

const messages = () => db.prepare('SELECT count(*) AS n FROM messages').get()?.n;

test('no statement scans a table, or sorts', () => {
  expect(prepared.length).toBeGreaterThan(40);
  for (const sql of prepared) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    for (const { detail } of plan) {
      // What is scanned are the few rows of SQLite's own table, and the results of a limited search.
      if (/^SCAN (sqlite_sequence|page|\(subquery-1\))$/.test(detail)) continue;
      expect(detail, sql).not.toMatch(/^SCAN|TEMP B-TREE|AUTOMATIC/);
    }
  }
});

describe('trimming', () => {
  test('looks at each account of a crowd once, however many accounts there are beside it', () => {
    const crowd = createAccounts(CROWD);
    createAccounts(1000, 'away');
    const ids = Array.from({ length: 100 }, () => say(crowd));
    const behind = crowd.at(-1) ?? 0;
    const moves = crowd.filter((id) => id !== behind).map((id) => [id, ids.at(-1) ?? 0, 0] as const);
    queries.moveCursors(moves);
    const requests = trim();
    expect(messages()).toBe(100);
    expect(sum(requests)).toBeLessThan(20 * ids.length);
    expect(sum(trim())).toBeLessThan(30);
    queries.moveCursors([[behind, ids.at(-1) ?? 0, 0]]);
    trim();
    expect(messages()).toBe(0);
  });

  test('does not look at messages that somebody waits for', () => {
    const accounts = createAccounts(50);
    for (let i = 0; i < 3000; i++) say(i % 3 === 0 ? 'everyone' : [accounts[i % 50] ?? 0], accounts[7]);
    trim();
    expect(sum(trim())).toBeLessThan(4 * accounts.length);
    expect(messages()).toBe(3000);
  });

  test('costs what there is to forget, also where all of it is too much', () => {
    const accounts = createAccounts(50);
    for (let i = 0; i < 3000; i++) say(i % 3 === 0 ? 'everyone' : [accounts[i % 50] ?? 0]);
    const requests = trim({ ...KEEPS_ALL, most: 2900 });
    expect(messages()).toBe(2900);
    expect(sum(requests)).toBeLessThan(10 * 100 + 200);
    const rest = trim({ ...KEEPS_ALL, before: 2 });
    expect(messages()).toBe(0);
    expect(sum(rest)).toBeLessThan(10 * 2900);
    expect(Math.max(...rest)).toBeLessThan(VISITED_MOST);
  });

  test('removes a few at a time: their pages are written together', () => {
    const [account = 0] = createAccounts(1);
    const ids = Array.from({ length: 1000 }, (_, i) => say(i % 2 === 0 ? 'everyone' : [account], 2));
    queries.moveCursors([[account, ids.at(-1) ?? 0, 0]]);
    let position: TrimPosition | undefined;
    let left = 1000;
    do {
      position = queries.trim(KEEPS_ALL, position);
      expect(left - Number(messages())).toBeLessThanOrEqual(101);
      left = Number(messages());
    } while (position !== undefined);
    expect(left).toBe(0);
  });

  test('is bounded by request where a crowd is great, and goes on where it was', () => {
    const crowd = createAccounts(5000);
    const last = [say(crowd), say(crowd), say(crowd)].at(-1) ?? 0;
    queries.moveCursors(crowd.map((id) => [id, last, last]));
    createAccounts(1, 'late');
    // Someone who has nothing keeps it from being plain that all have everything.
    db.exec("UPDATE accounts SET cursor = 0 WHERE name = 'late0'");
    const requests = trim();
    expect(messages()).toBe(0);
    expect(requests.length).toBeGreaterThan(3);
    expect(Math.max(...requests)).toBeLessThan(VISITED_MOST);
    // The second and third message are not looked up account by account again.
    expect(sum(requests)).toBeLessThan(2 * crowd.length);
  });
});

describe('a request of an inbox', () => {
  test('is bounded, whatever was said to others', () => {
    const [alice = 0, bob = 0, ...others] = createAccounts(CROWD + 10);
    for (let i = 0; i < 5000; i++) say(others.slice(0, CROWD));
    const wanted = say([bob]);
    let after: number | undefined = 0;
    const found: number[] = [];
    let requests = 0;
    while (after !== undefined) {
      const from: number = after;
      const visited = visits(() => {
        const part = queries.read(bob, from, 256);
        found.push(...part.found.map(({ id }) => id));
        after = part.after;
      });
      expect(visited).toBeLessThan(VISITED_MOST);
      requests++;
    }
    expect(found).toEqual([wanted]);
    expect(requests).toBeGreaterThan(4);
    queries.skip(alice, 0, 5000);
    expect(queries.cursor(alice).id).toBe(5000);
  });

  test('counts a bounded part at a time', () => {
    const [alice = 0, bob = 0] = createAccounts(2);
    for (let i = 0; i < 5000; i++) say([bob], i % 2 === 0 ? alice : bob);
    const counts: number[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const part: ReturnType<Queries['count']> = queries.count(bob, alice, after, 10_000);
      counts.push(part.found.all);
      expect(part.found.own).toBe(part.found.all / 2);
      after = part.after;
    }
    expect(counts).toEqual([2000, 2000, 1000]);
    expect(queries.count(bob, alice, 0, 10)).toEqual({ found: expect.objectContaining({ all: 10, own: 5 }) });
  });
});

test('an account is removed a part at a time, with all that waits for it alone', () => {
  const [alice = 0, bob = 0] = createAccounts(2);
  for (let i = 0; i < 3000; i++) say(i % 2 === 0 ? [bob] : [alice, bob]);
  let requests = 1;
  const remove = () => {
    let done = false;
    expect(
      visits(() => {
        done = queries.remove(bob);
      }),
    ).toBeLessThan(VISITED_MOST);
    return done;
  };
  while (!remove()) requests++;
  expect(requests).toBeGreaterThan(2);
  expect(messages()).toBe(1500);
  expect(queries.read(alice, 0, 10).found).toHaveLength(10);
  expect(queries.get(bob)).toBeUndefined();
});

test('a list of large values is given a few at a time', () => {
  for (let i = 0; i < 20; i++) queries.writeText(`notes/${i + 10}`, 'x'.repeat(50_000));
  const keys: string[] = [];
  for (let page = queries.listTexts('notes/', true, 'notes0', 500); page.length > 0; ) {
    expect(page.length).toBeLessThan(3);
    keys.push(...page.map(([key]) => key));
    page = queries.listTexts(keys.at(-1) ?? '', false, 'notes0', 500);
  }
  expect(keys).toEqual(Array.from({ length: 20 }, (_, i) => `notes/${i + 10}`));
});
