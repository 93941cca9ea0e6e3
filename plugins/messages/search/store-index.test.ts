import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Entry } from 'chatserv';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { until } from '../../../test/support/attacker.ts';
import {
  expectedIds,
  idsIn,
  type Message,
  messages,
  type Question,
  question,
} from '../../../test/support/index-questions.ts';
import { newEntry } from '../../../test/support/new-entry.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';
import { Database } from '../../stores/postgres/database.ts';
import { MIGRATIONS } from '../../stores/postgres/schema.ts';
import { type Effort, searchOf } from '../../stores/postgres/search-query.ts';
import { openStore, type Store } from '../../stores/postgres/store.ts';
import { FtsIndex } from './fts-index.ts';
import { openIndexFile } from './index-file.ts';
import { Indexer } from './indexer.ts';
import { StoreIndex } from './store-index.ts';
import type { TextBatch, TextChange } from './text-index.ts';
import { containsPhrases, VERSION, wordsIn } from './words.ts';

const BUILDER = new URL('../../../test/support/index-builder.ts', import.meta.url);
const QUIET = { debug() {}, info() {}, warn() {}, error: console.error };

/** What a search does at first and at most, so that few messages are many. */
const EFFORTS: readonly Effort[] = [
  { ids: { first: 4, most: 16 }, matches: { first: 1000, most: 1000 } },
  { ids: { first: 2, most: 40 }, matches: { first: 1, most: 8 } },
  { ids: { first: 1, most: 1 }, matches: { first: 2, most: 3 } },
];

describe.runIf(POSTGRES !== undefined)('the index of the store', () => {
  const postgres = usePostgres();
  let store: Store;
  let database: Database;
  let index: StoreIndex;
  let client: pg.Client;
  let schema = '';

  beforeAll(async () => {
    const options = postgres.options();
    ({ schema } = options);
    store = await openStore(options);
    database = new Database(options);
    client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.close();
    await store.close();
  });

  beforeEach(clear);

  async function clear(): Promise<void> {
    index = new StoreIndex(store.searchIndex);
    await index.open();
    // TRUNCATE would make new files of all of their indexes.
    await client.query(
      ['entry', 'search_message', 'search_day'].map((table) => `DELETE FROM ${schema}.${table};`).join('') +
        `UPDATE ${schema}.search_state SET cursor = 0`,
    );
  }

  /** Adds entries to the log, where the index looks whether they are still there. */
  async function write(some: readonly Message[]): Promise<void> {
    await client.query(
      `INSERT INTO ${schema}.entry (id, room, seq, previous, kind, version, sender, name, device, to_sender, body, mentions_all, time)
       SELECT id, 1, 0, 0, 'message', 1, 1, '', '', false, '', false, 0 FROM unnest($1::bigint[]) AS added (id)`,
      [some.map(({ id }) => id)],
    );
  }

  /** Adds messages to the log and the index. */
  async function fill(some: readonly Message[]): Promise<void> {
    await write(some);
    await index.apply(
      batchOf(
        0,
        some.map((message): TextChange => ['add', message]),
      ),
    );
  }

  function batchOf(after: number, changes: readonly TextChange[], upTo = after + 1_000_000): TextBatch {
    return { after, upTo, time: 0, changes };
  }

  /** @param limit of each part */
  const search = (asked: Question, limit = 1000, time = 60_000) =>
    idsIn((below) => index.search({ ...asked, below, limit, time }));

  /** The texts of the index, as PostgreSQL has them. */
  const words = async () =>
    (await postgres.query<{ words: string }>(`SELECT words::text FROM ${schema}.search_message ORDER BY id`)).map(
      (row) => row.words,
    );

  test('finds the same as a plain filter, in parts of any size, and in no time as well', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        messages,
        question,
        fc.constantFrom(undefined, ...EFFORTS),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0, 2, 60_000),
        async (some, asked, effort, limit, time) => {
          await clear();
          await fill(some);
          const ids = expectedIds(some, asked);
          const find = searchOf(database, effort);
          const search = (limit: number, time: number) => idsIn((below) => find({ ...asked, below, limit, time }));
          expect(await search(1000, 60_000)).toEqual(ids);
          expect(await search(limit, time)).toEqual(ids);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('answers like the one of a server, whatever the texts are', { timeout: 120_000 }, async () => {
    const piece = fc.constantFrom(
      ...[
        'Café',
        'cafe',
        'STRASSE',
        'Straße',
        'ΣΟΦΟΣ',
        'σοφός',
        'Ёлка',
        'елка',
        '東京',
        '京都タワー',
        'がっこう',
        '한국어',
      ],
      ...[
        'ที่นี่',
        'ที',
        'हिन्दी',
        'שלום',
        'שָׁלוֹם',
        'أحمد',
        'احمد',
        'e\u0301',
        'ﬁne',
        '½',
        "don't",
        'a_b',
        '👍🏽',
        '❤️',
        '\0',
        '\\',
        "'",
      ],
    );
    const text = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(' ')),
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.nat(20)),
        async (texts, numbers) => {
          await clear();
          const some = texts.map((text, i): Message => ({ id: i + 1, room: 1, sender: 1, time: 0, text }));
          const changes = some.map((message): TextChange => ['add', message]);
          await fill(some);
          const own = new FtsIndex(openIndexFile(undefined, '', false), 1e9);
          own.apply(batchOf(0, changes));
          const next = () => numbers.next().value as number;
          for (let i = 0; i < 10; i++) {
            const all = wordsIn(texts[next() % texts.length] ?? '');
            const start = next() % Math.max(1, all.length);
            const phrases = [
              all.slice(start, start + 1 + (next() % 3)),
              wordsIn(texts[next() % texts.length] ?? '').slice(0, 1),
            ];
            const asked: Question = { phrases: phrases.filter((words) => words.length > 0), rooms: [[1, 0, 0]] };
            if (asked.phrases.length === 0) continue;
            const ids = some
              .filter(({ text }) => containsPhrases(text, asked.phrases))
              .map(({ id }) => id)
              .reverse();
            expect(await idsIn((below) => own.search({ ...asked, below, limit: 9, narrow: true }))).toEqual(ids);
            expect(await search(asked)).toEqual(ids);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('takes texts with more words than PostgreSQL has positions for', async () => {
    const filler = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');
    const texts = [
      `${'哈'.repeat(300)} the end`,
      `${filler(20_000)} the end`,
      `${'x'.repeat(250)}${filler(300_000)}`,
      'end the',
    ];
    await fill(texts.map((text, i) => ({ id: i + 1, room: 1, sender: 1, time: 0, text })));
    const asked = (...phrases: string[][]): Question => ({ phrases, rooms: [[1, 0, 0]] });
    expect(await search(asked(['the', 'end']))).toEqual([2, 1]);
    expect(await search(asked(['the'], ['end']))).toEqual([4, 2, 1]);
    expect(await search(asked(['word7']))).toEqual([3, 2]);
  });

  describe('follows the log', () => {
    const body = (text: string) => `'${text}':1`;

    async function append(...texts: string[]): Promise<readonly Entry[]> {
      return (await store.messageLog.append(texts.map((text) => newEntry(text)))) as readonly Entry[];
    }

    /** Indexes entries of the log, as a server that has read them does. */
    async function indexed(entries: readonly Entry[]): Promise<void> {
      const cursor = await index.open();
      const changes = entries.map(
        ({ id, room, sender, time, body }): TextChange => ['add', { id, room, sender, time, text: body }],
      );
      await index.apply(batchOf(cursor, changes, entries.at(-1)?.id ?? cursor));
    }

    const redact = (of: number) => store.messageLog.append([newEntry('', { kind: 'redaction', of, counts: false })]);

    test('in the transaction that redacts, trims or deletes', async () => {
      const [one, two, three, four] = (await append('one', 'two', 'three', 'four')) as [Entry, Entry, Entry, Entry];
      await indexed([one, two, three, four]);
      await redact(two.id);
      expect(await words()).toEqual(['one', 'three', 'four'].map(body));
      while (await store.messageLog.trim({ before: 0, most: 3, keysSince: 0, history: { before: 0, most: 1e9 } }));
      expect(await words()).toEqual(['three', 'four'].map(body));
      // By another program, or by a server of the previous release.
      await postgres.query(`UPDATE ${schema}.entry SET body = '', redacted = true WHERE id = $1`, [three.id]);
      expect(await words()).toEqual([body('four')]);
      await postgres.query(`DELETE FROM ${schema}.entry`);
      expect(await words()).toEqual([]);
    });

    test('and loses the words of an edit with it', async () => {
      const [message] = (await append('one')) as [Entry];
      const [edit] = (await store.messageLog.append([
        newEntry('{"text":"two"}', { kind: 'edit', of: message.id, counts: false }),
      ])) as readonly [Entry];
      await indexed([message]);
      await index.apply(batchOf(message.id, [['edit', message.id, edit.id, 'two']], edit.id));
      expect(await words()).toEqual([body('two')]);
      await redact(edit.id);
      expect(await words()).toEqual(['']);
      await index.apply(batchOf(edit.id, [['edit', message.id, 0, 'one']]));
      expect(await words()).toEqual([body('one')]);
    });

    test('and does not add what was removed after it was read', async () => {
      const [one, two, three] = (await append('one', 'two', 'three')) as [Entry, Entry, Entry];
      const [edit] = (await store.messageLog.append([
        newEntry('{"text":"other"}', { kind: 'edit', of: three.id, counts: false }),
      ])) as readonly [Entry];
      await redact(two.id);
      await redact(edit.id);
      const changes = [one, two, three].map(
        ({ id, body }): TextChange => ['add', { id, room: 1, sender: 1, time: 0, text: body }],
      );
      await index.apply(batchOf(0, [...changes, ['edit', three.id, edit.id, 'other']]));
      expect(await words()).toEqual([body('one'), '']);
    });

    test('and has a removal wait for whoever adds the message at that moment', async () => {
      const [one] = (await append('one')) as [Entry];
      const other = new pg.Client({ connectionString: postgres.url });
      await other.connect();
      await other.query(`SET search_path = ${schema}`);
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM search_state FOR UPDATE');
      const redacted = redact(one.id);
      await postgres.query(
        `DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock') LOOP
           PERFORM pg_sleep(0.01); END LOOP; END $$`,
      );
      await other.query(`INSERT INTO search_message VALUES (${one.id}, 1, 0, 0, '', 'one')`);
      await other.query('COMMIT');
      await other.end();
      await redacted;
      expect(await words()).toEqual([]);
    });
  });

  test('takes each batch once, of whichever server is first', async () => {
    const some = [1, 2].map((id): Message => ({ id, room: 1, sender: 1, time: 0, text: 'tea' }));
    await write(some);
    const batch = batchOf(
      0,
      some.map((message): TextChange => ['add', message]),
      2,
    );
    const others = await Promise.all([
      index.apply(batch),
      new StoreIndex(store.searchIndex).apply(batch),
      index.apply(batch),
    ]);
    expect(others.filter(({ isApplied }) => isApplied)).toHaveLength(1);
    expect(others.every(({ cursor }) => cursor === 2)).toBe(true);
    expect(await index.apply(batchOf(1, [['remove', 2]]))).toEqual({ cursor: 2, isApplied: false });
    expect(await search({ phrases: [['tea']], rooms: [[1, 0, 0]] })).toEqual([2, 1]);
  });

  test('is finished by other servers if one is killed meanwhile', async () => {
    const options = postgres.options();
    const some = Array.from({ length: 5000 }, (_, i) => newEntry(`message ${i}`));
    const first = await openStore(options);
    await first.messageLog.append(some);
    const state = async () =>
      (await postgres.query<{ cursor: string }>(`SELECT cursor FROM ${options.schema}.search_state`))[0]?.cursor;
    const server = fork(BUILDER, [postgres.url, options.schema]);
    await until('the index to be begun', async () => Number(await state()) > 0);
    server.kill('SIGKILL');
    await once(server, 'exit');
    const second = await openStore(options);
    const indexers = [first, second].map(
      ({ messageLog, searchIndex }) =>
        new Indexer({ messageLog, clock: systemClock, logger: QUIET, index: new StoreIndex(searchIndex) }),
    );
    for (const indexer of indexers) indexer.start();
    await until('the index to be complete', async () => Number(await state()) === 5000);
    const found = await postgres.query<{ words: string }>(
      `SELECT words::text FROM ${options.schema}.search_message ORDER BY id`,
    );
    expect(found.map((row) => row.words)).toEqual(some.map((_, i) => `'${i}':2 'message':1`));
    for (const indexer of indexers) indexer.stop();
    await Promise.all([first.close(), second.close()]);
  });

  test('is made by the first server after an update, of what was said before', async () => {
    const options = postgres.options();
    const before = new pg.Client({ connectionString: postgres.url });
    await before.connect();
    await before.query(`CREATE SCHEMA ${options.schema}; SET search_path = ${options.schema}`);
    await before.query('CREATE TABLE schema_version (version bigint NOT NULL, works_with bigint NOT NULL)');
    await before.query(`${MIGRATIONS[0]?.sql} INSERT INTO schema_version VALUES (1, 1)`);
    await before.query(
      `INSERT INTO entry (id, room, seq, previous, kind, version, sender, name, device, to_sender, body, mentions_all, time)
       VALUES (1, 1, 1, 0, 'message', 1, 9, 'alice', '', false, 'tea', false, 1);
       UPDATE log SET head = 1`,
    );
    const { messageLog, searchIndex, close } = await openStore(options);
    const indexer = new Indexer({ messageLog, clock: systemClock, logger: QUIET, index: new StoreIndex(searchIndex) });
    await indexer.settle(60_000);
    const asked = { phrases: [['tea']], rooms: [[1, 0, 0]] as const, below: 9, limit: 9, time: 60_000 };
    expect(await indexer.search(asked)).toEqual({ found: [[1, 0]] });
    // A server of the previous release goes on.
    await before.query("UPDATE entry SET body = '', redacted = true");
    expect(await indexer.search(asked)).toEqual({ found: [] });
    await before.end();
    indexer.stop();
    await close();
  });

  test('begins anew for later rules of what a word is, once, and is left alone by a server with earlier ones', async () => {
    await fill([{ id: 1, room: 1, sender: 1, time: 0, text: 'tea' }]);
    const later = VERSION + 1;
    const { searchIndex } = store;
    expect(await Promise.all([searchIndex.cursor(later), searchIndex.cursor(later)])).toEqual([0, 0]);
    expect(await words()).toEqual([]);
    expect(await index.open()).toBe(Number.MAX_SAFE_INTEGER);
    const batch = { after: 0, upTo: 5, changes: [['remove', 1]] as const };
    expect(await searchIndex.apply(VERSION, batch)).toEqual({ cursor: 0, isApplied: false });
    expect(await searchIndex.apply(later, batch)).toEqual({ cursor: 5, isApplied: true });
    expect(await searchIndex.cursor(later)).toBe(5);
    // A dump without the index.
    await postgres.query(`TRUNCATE ${schema}.search_state`);
    expect(await index.open()).toBe(0);
  });
});
