import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { Indexer } from './indexer.ts';
import { LogEnd } from './log-end.ts';
import { COMPLETED_AT_ONCE } from './positions.ts';
import { prepareReads, prepareWrites, type Reads, type Writes } from './queries.ts';
import { Redactions } from './redactions.ts';
import { createSchema } from './schema.ts';
import { Tail } from './tail.ts';
import type { TrimPosition } from './trim.ts';

/** The most rows a request may visit: those of a slice, what is looked up for the last of them, and one more page. */
const VISITED_MOST = 4500;

const END = Number.MAX_SAFE_INTEGER;

let db: DatabaseSync;
let writes: Writes;
let reads: Reads;
let end: LogEnd;
let tail: Tail;
let indexer: Indexer;
/** All prepared statements. */
let prepared: string[];
/** How many rows statements have returned, plus how often statements were run. */
let visited: number;

/** A statement that counts the rows it returns. A test of the query plans shows that it visits no others. */
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
    setReturnArrays: (enabled: boolean) => statement.setReturnArrays(enabled),
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
  createSchema(db);
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
  end = new LogEnd(counted);
  tail = new Tail(counted);
  indexer = new Indexer(counted, end);
  writes = prepareWrites(counted, end, new Redactions(counted, ':memory:'));
  reads = prepareReads(counted, tail);
  end.catchUp();
});

/** Counts what a call visits. */
function visits(call: () => unknown): number {
  visited = 0;
  call();
  return visited;
}

function createAccounts(count: number, prefix = 'u'): number[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${prefix}${i}`;
    return writes.create({ name, key: name, hash: '', created: 0, epoch: 0 }, [name], false)?.id ?? 0;
  });
}

/** Appends a message to a room or a conversation. @returns its id */
function say(to: number | readonly number[], sender = 1): number {
  const sorted = typeof to === 'number' ? to : [...new Set(to)].sort((a, b) => a - b);
  const places = writes.append([[sorted, 'message', 1, 1, sender, 'u0', '', '', null, null, 1, null]]);
  end.flush();
  if ('duplicateOf' in places) throw new Error('it has no key');
  return places[0] as number;
}

/** Indexes the whole log. @returns what each slice visited */
function index(): number[] {
  const turns: number[] = [];
  while (end.indexed < end.head) turns.push(visits(() => indexer.step()));
  return turns;
}

const move = (accounts: readonly number[], id: number) =>
  writes.moveCursors(
    accounts.flatMap((account) => [account, '', id, id]),
    1,
  );

const KEEPS_ALL = { before: 0, most: 1e9, keysSince: 0 };

/** Trims until nothing is left to trim. @returns what each request visited */
function trim(retention = KEEPS_ALL): number[] {
  index();
  const requests: number[] = [];
  let position: TrimPosition | undefined;
  do {
    requests.push(
      visits(() => {
        position = writes.trim(retention, position);
      }),
    );
  } while (position !== undefined);
  return requests;
}

const sum = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

function entries(): number {
  const { n } = db.prepare('SELECT count(*) AS n FROM entry').get() as { n: number };
  const { entries } = db.prepare('SELECT entries FROM log').get() as { entries: number };
  expect(entries + end.tail.length).toBe(n);
  return n;
}

test('no statement scans a table, or sorts', () => {
  expect(prepared.length).toBeGreaterThan(80);
  for (const sql of prepared) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    for (const { detail } of plan) {
      // SQLite's own table has few rows, the subquery is limited, and the clause holds the rows of an insertion.
      if (/^SCAN (sqlite_sequence|\(subquery-[12]\)|\d+-ROW VALUES CLAUSE)$/.test(detail)) continue;
      expect(detail, sql).not.toMatch(/^SCAN|TEMP B-TREE|AUTOMATIC/);
    }
  }
});

test('appends in a row share the statements that write them', () => {
  const message = [1, 'message', 1, 1, 1, 'u0', '', '', null, null, 1, null] as const;
  const appendAll = () => {
    for (let i = 0; i < 99; i++) writes.append([message]);
    end.flush();
  };
  appendAll();
  // Six of 16 rows and three of one.
  expect(visits(appendAll)).toBe(9);
});

describe('indexing', () => {
  test('is bounded per slice, and proportional to what there is to index', () => {
    const accounts = createAccounts(100);
    for (let i = 0; i < 4000; i++) say(i % 4 === 0 ? 1 : [accounts[i % 100] ?? 0, accounts[(i * 7) % 100] ?? 0]);
    const turns = index();
    expect(turns.length).toBeGreaterThan(3);
    expect(Math.max(...turns)).toBeLessThan(VISITED_MOST);
    expect(sum(turns)).toBeLessThan(4000);
    expect(sum(index())).toBe(0);
    entries();
  });
});

describe('trimming', () => {
  test('looks at the members of a room once while two of them lack its first entry', () => {
    const accounts = createAccounts(5000);
    const room = writes.createRoom('lab', 'lab', '{}') ?? 0;
    for (const account of accounts) writes.join(room, account, '', 1);
    move(accounts, end.head);
    const last = say(room);
    const [first = 0, second = 0, ...others] = accounts;
    move(others, last);
    const requests = trim();
    expect(requests.length).toBeGreaterThan(3);
    expect(Math.max(...requests)).toBeLessThan(VISITED_MOST);
    expect(sum(trim())).toBeLessThan(100);
    move([first, second], last);
    trim();
    expect(entries()).toBe(0);
  });

  test('does not look at entries that somebody has yet to read', () => {
    const accounts = createAccounts(50);
    for (let i = 0; i < 3000; i++) say(i % 3 === 0 ? 1 : [accounts[1 + (i % 49)] ?? 0, accounts[0] ?? 0]);
    trim();
    expect(sum(trim())).toBeLessThan(10 * accounts.length);
    expect(entries()).toBe(3000);
  });

  test('is proportional to what it removes, even if that is everything', () => {
    const accounts = createAccounts(50);
    for (let i = 0; i < 3000; i++) say(i % 3 === 0 ? 1 : [accounts[1 + (i % 49)] ?? 0, 1]);
    const requests = trim({ ...KEEPS_ALL, most: 2900 });
    expect(entries()).toBe(2900);
    expect(sum(requests)).toBeLessThan(10 * 100 + 20 * 50);
    const rest = trim({ ...KEEPS_ALL, before: 2 });
    expect(entries()).toBe(0);
    expect(sum(rest)).toBeLessThan(10 * 2900);
    expect(Math.max(...rest)).toBeLessThan(VISITED_MOST);
  });

  test('removes a few entries at a time, because their pages are written together', () => {
    const [account = 0] = createAccounts(1);
    const ids = Array.from({ length: 1000 }, (_, i) => say(i % 2 === 0 ? 1 : [account, 2], 2));
    move([account], ids.at(-1) ?? 0);
    index();
    let position: TrimPosition | undefined;
    let left = 1000;
    do {
      position = writes.trim(KEEPS_ALL, position);
      expect(left - entries()).toBeLessThanOrEqual(101);
      left = entries();
    } while (position !== undefined);
    expect(left).toBe(0);
  });
});

describe('a request of an inbox', () => {
  /** Reads the inbox of an account. @returns the ids, and what each request visited */
  function read(account: number, after = 0): { ids: number[]; requests: number[] } {
    const requests: number[] = [];
    let part: ReturnType<Reads['read']> | undefined;
    do {
      requests.push(
        visits(() => {
          tail.refresh();
          part = reads.read(account, after, END, 256, part?.after);
        }),
      );
    } while (part?.after !== undefined);
    return { ids: part?.found.map(([id]) => id) ?? [], requests };
  }

  test('is bounded, however much others were sent', () => {
    const [alice = 0, bob = 0, carol = 0] = createAccounts(3);
    for (let i = 0; i < 5000; i++) say([alice, carol]);
    const wanted = say([alice, bob]);
    index();
    tail.refresh();
    const { ids, requests } = read(bob);
    expect(ids).toEqual([wanted]);
    expect(sum(requests)).toBeLessThan(50);
  });

  test('is bounded for an account in many rooms, and looks at each once', () => {
    const [bob = 0] = createAccounts(1);
    const expected: number[] = [];
    for (let i = 0; i < 5000; i++) {
      const id = say([bob, 1000 + i], 1000 + i);
      if (i >= 4500) expected.push(id);
      // The last rooms are not indexed.
      if (i === 4600) index();
    }
    tail.refresh();
    const { ids, requests } = read(bob, (expected[0] ?? 0) - 1);
    expect(ids).toEqual(expected.slice(0, 256));
    expect(requests.length).toBeGreaterThan(4);
    expect(Math.max(...requests)).toBeLessThan(VISITED_MOST);
    expect(sum(requests)).toBeLessThan(4 * 5000);
  });

  test('counts a bounded part at a time', () => {
    const [alice = 0, bob = 0] = createAccounts(2);
    for (let i = 0; i < 50_000; i++) {
      say([alice, bob], alice);
      if (i % 4000 === 0) index();
    }
    tail.refresh();
    let all = 0;
    let part: ReturnType<Reads['count']> | undefined;
    let requests = 0;
    do {
      part = reads.count(bob, alice, 0, 100_000, undefined, part?.after);
      expect(part.found.own).toBe(part.found.all);
      all += part.found.all;
      requests++;
    } while (part.after !== undefined);
    expect(all).toBe(50_000);
    expect(requests).toBeGreaterThan(3);
  });
});

describe('a search for gaps', () => {
  const [MOST, KEEP] = [50, 50];

  /** Finds the gaps of an account. @returns how many there are, and what each request visited */
  function gaps(account: number): { found: number; requests: number[] } {
    const requests: number[] = [];
    let found = 0;
    let part: ReturnType<Reads['gaps']> | undefined;
    do {
      requests.push(
        visits(() => {
          tail.refresh();
          part = reads.gaps(account, 0, END, MOST, KEEP, part?.after);
        }),
      );
      found += part?.found.length ?? 0;
    } while (part?.after !== undefined);
    return { found, requests };
  }

  test('takes as long for a few new entries as for many, and is bounded', () => {
    const [bob = 0] = createAccounts(1);
    const rooms = Array.from({ length: 100 }, (_, i) => writes.createRoom(`r${i}`, `r${i}`, '{}') ?? 0);
    for (const room of rooms) writes.join(room, bob, '', 1);
    const sayInEach = (count: number) => {
      for (let i = 0; i < count; i++) for (const room of rooms) say(room);
      index();
      tail.refresh();
    };
    sayInEach(60);
    const few = gaps(bob);
    sayInEach(200);
    const many = gaps(bob);
    expect([few.found, many.found]).toEqual([rooms.length, rooms.length]);
    expect(sum(many.requests)).toBeLessThan(sum(few.requests) + 5 * rooms.length);
    expect(Math.max(...few.requests, ...many.requests)).toBeLessThan(VISITED_MOST);
  });
});

test('an account is removed a slice at a time, with the conversations that have no other account', () => {
  const [alice = 0, bob = 0] = createAccounts(2);
  for (let i = 0; i < 3000; i++) say(i % 2 === 0 ? [bob] : [alice, bob]);
  for (let i = 0; i < 500; i++) say([alice, bob, 1000 + i]);
  index();
  let requests = 0;
  let from: number | undefined = 0;
  while (from !== undefined) {
    const at: number = from;
    expect(
      visits(() => {
        from = writes.remove(bob, at);
      }),
    ).toBeLessThan(VISITED_MOST);
    requests++;
  }
  expect(requests).toBeGreaterThan(2);
  expect(entries()).toBe(2000);
  tail.refresh();
  expect(reads.roomsOf(bob).found).toEqual([]);
  expect(db.prepare('SELECT count(*) AS n FROM member WHERE account = ?').get(alice)).toEqual({ n: 501 });
  expect(writes.get(bob)).toBeUndefined();
});

test('a list of large values is returned a few at a time', () => {
  for (let i = 0; i < 20; i++) writes.writeText(`notes/${i + 10}`, 'x'.repeat(50_000));
  const keys: string[] = [];
  for (let page = reads.listTexts('notes/', true, 'notes0', 500); page.length > 0; ) {
    expect(page.length).toBeLessThan(3);
    keys.push(...page.map(([key]) => key));
    page = reads.listTexts(keys.at(-1) ?? '', false, 'notes0', 500);
  }
  expect(keys).toEqual(Array.from({ length: 20 }, (_, i) => `notes/${i + 10}`));
});

describe('a request for positions', () => {
  test('is bounded for an account in many rooms with many mentions', () => {
    const [bob = 0] = createAccounts(1);
    const rooms = 3000;
    const ids = Array.from({ length: rooms }, (_, i) => {
      // The last rooms are not indexed.
      if (i === rooms - 100) index();
      return say([bob, 1000 + i], 1000 + i);
    });
    const mention = db.prepare('INSERT INTO mention (account, room, seq, id) VALUES (?, ?, ?, ?)');
    for (let room = 2; room < rooms + 2; room++) {
      for (let seq = 1; seq <= 100; seq++) mention.run(bob, room, seq, 0);
    }
    tail.refresh();
    const requests: number[] = [];
    let part: ReturnType<Reads['latestRooms']> | undefined;
    do {
      requests.push(
        visits(() => {
          part = reads.latestRooms(bob, ids[2900] ?? 0, 500, part?.after);
        }),
      );
    } while (part?.after !== undefined);
    const found = part?.found ?? [];
    expect(found.map(({ last }) => last)).toEqual(ids.slice(2400, 2900).reverse());
    expect(requests.length).toBeGreaterThan(2);
    requests.push(visits(() => reads.positionsIn(bob, found.slice(0, COMPLETED_AT_ONCE))));
    requests.push(visits(() => reads.position(bob, found[0]?.room ?? 0)));
    expect(Math.max(...requests)).toBeLessThan(VISITED_MOST);
    let unread: ReturnType<Reads['unread']> | undefined;
    do {
      expect(
        visits(() => {
          unread = reads.unread(bob, unread?.after);
        }),
      ).toBeLessThan(VISITED_MOST);
    } while (unread?.after !== undefined);
  });
});
