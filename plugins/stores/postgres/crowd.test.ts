import { type Collection, z } from 'chatserv';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEntry } from '../../../test/support/new-entry.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';
import { openStore, type Store } from './store.ts';

/** How many users come or go at once, and how many statements that may take: not some for each of them. */
const [USERS, STATEMENTS] = [300, 40];

describe.runIf(POSTGRES !== undefined)('when many users come or go at once', () => {
  const server = usePostgres();
  let store: Store;
  let values: Collection<number>;
  let ids: number[];
  let schema: string;

  beforeAll(async () => {
    // The accounts are made one by one.
    const options = { ...server.options(), connectTimeout: 60_000 };
    schema = options.schema;
    store = await openStore(options);
    values = store.storage.open('values', z.int());
    await store.accounts.signingKey();
    const { accounts } = store;
    const made = await Promise.all(Array.from({ length: USERS }, (_, i) => accounts.create(`u${i}`, '')));
    ids = made.map((account) => account?.id ?? 0);
    await Promise.all(ids.map((id) => store.messageLog.enter(id, '', 1, 16)));
  }, 60_000);
  afterAll(() => store.close());

  /** The number of requests to the database that something takes. */
  async function requestsOf(work: () => Promise<unknown>): Promise<number> {
    const { requests } = await store.facts.read();
    await work();
    return (await store.facts.read()).requests - requests - 1;
  }

  test.each<[what: string, one: (id: number) => Promise<unknown>]>([
    ['find accounts by name', (id) => store.accounts.find(`U${ids.indexOf(id)}`)],
    ['find accounts by id', (id) => store.accounts.get(id)],
    ['record that users were seen', (id) => store.accounts.setSeen(id, 1000 + id)],
    ['record logins of known devices', (id) => store.messageLog.enter(id, '', 2000, 16)],
    ['list devices', (id) => store.messageLog.devices(id)],
    ['list rooms', (id) => store.messageLog.roomsOf(id)],
    ['count what is unread', (id) => store.messageLog.unread(id)],
    ['read values of plugins', (id) => values.get(String(id))],
    ['read the signing key', () => store.accounts.signingKey()],
  ])('few statements %s', async (_what, one) => {
    expect(await requestsOf(() => Promise.all(ids.map(one)))).toBeLessThan(STATEMENTS);
  });

  test('each gets its own', async () => {
    const { accounts, messageLog } = store;
    const [first = 0, second = 0] = ids;
    const room = await messageLog.createRoom('tea', {});
    await messageLog.join(room?.id ?? 0, second, 'member', 1);
    await accounts.setSeen(first, 7);
    await messageLog.enter(second, 'phone', 5, 16);
    expect((await Promise.all(ids.map((id) => accounts.get(id)))).map((one) => one?.id)).toEqual(ids);
    expect((await accounts.get(first))?.seen).toBe(7);
    const [none, rooms] = await Promise.all([messageLog.roomsOf(first), messageLog.roomsOf(second)]);
    expect([none, rooms.map(({ name }) => name)]).toEqual([[], ['tea']]);
    const [line, phone] = await Promise.all([messageLog.devices(first), messageLog.devices(second)]);
    expect([line, phone].map((devices) => devices.map(({ name }) => name).sort())).toEqual([[''], ['', 'phone']]);
  });

  test('the latest time counts of those that are recorded at once', async () => {
    const { accounts } = store;
    const id = ids[0] as number;
    await Promise.all([1, 3, 2].map((time) => accounts.setSeen(id, time)));
    expect((await accounts.get(id))?.seen).toBe(2);
  });

  test('the signing key is read without writing', async () => {
    const key = await store.accounts.signingKey();
    // The transaction that has written the row.
    const written = () => server.query(`SELECT xmin::text FROM ${schema}.secret`);
    const before = await written();
    expect(await store.accounts.signingKey()).toEqual(key);
    expect(await written()).toEqual(before);
    await store.accounts.signingKey(true);
    expect(await written()).not.toEqual(before);
  });

  test('messages that come while a server waits for the lock of the log share its transaction', async () => {
    const other = new pg.Client({ connectionString: server.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM ${schema}.log FOR UPDATE`);
    const first = store.messageLog.append([newEntry('first')]);
    await server.query(
      `DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock') LOOP
         PERFORM pg_sleep(0.01); END LOOP; END $$`,
    );
    const rest = ['second', 'third'].map((text) => store.messageLog.append([newEntry(text)]));
    await other.query('COMMIT');
    await other.end();
    await Promise.all([first, ...rest]);
    const transactions = await server.query(
      `SELECT array_agg(body ORDER BY id) AS bodies FROM ${schema}.entry WHERE room = 1 GROUP BY xmin::text`,
    );
    expect(transactions).toEqual([{ bodies: ['first', 'second', 'third'] }]);
  });
});
