import { Accounts, type Entry, type StoredAccount, z } from 'chatserv';
import { startServer } from 'chatserv/testing';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { Folder } from '../../../test/support/command-line.ts';
import { type Break, type Cut, startFaultyProxy } from '../../../test/support/faulty-proxy.ts';
import { newEntry } from '../../../test/support/new-entry.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';
import { MIGRATIONS, type Migration } from './schema.ts';
import { openStore, type Store, type StoreOptions, unconnectedStore } from './store.ts';

describe.runIf(POSTGRES !== undefined)('a store in PostgreSQL', () => {
  const server = usePostgres();
  const opened: Store[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  async function open(options: StoreOptions = server.options()): Promise<Store> {
    const store = await openStore(options);
    opened.push(store);
    return store;
  }

  /** What the followers of a store get, and a promise of as many entries. */
  function followed({ messageLog }: Store, count: number) {
    const bodies: string[] = [];
    const all = Promise.withResolvers<readonly string[]>();
    messageLog.follow((entries) => {
      bodies.push(...entries.map(({ body }) => body));
      if (bodies.length >= count) all.resolve(bodies);
    });
    return all.promise;
  }

  const bodies = async ({ messageLog }: Store) => (await messageLog.entries(0, 10_000)).map(({ body }) => body);

  describe('the order of ids', () => {
    test('a transaction that stalls keeps later ids from being seen before its own', async () => {
      const options = server.options();
      const [store, reader] = [await open(options), await open(options)];
      const [own, others] = [followed(store, 2), followed(reader, 2)];
      // Another process has its ids, and takes its time to commit.
      const slow = new pg.Client({ connectionString: options.url });
      await slow.connect();
      await slow.query(`SET search_path = ${options.schema}`);
      await slow.query('BEGIN');
      await slow.query('UPDATE log SET head = head + 1');
      await slow.query(
        `INSERT INTO entry (id, room, seq, previous, kind, version, sender, name, device, to_sender, body, mentions_all, time)
         VALUES (1, 1, 1, 0, 'message', 1, 9, 'slow', '', false, 'slow', false, 1)`,
      );
      await slow.query('UPDATE room SET last = 1, seq = 1 WHERE id = 1');
      const appended = store.messageLog.append([newEntry('quick')]) as Promise<readonly Entry[]>;
      await server.query(
        // Until the append waits for the lock.
        `DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock') LOOP
           PERFORM pg_sleep(0.01); END LOOP; END $$`,
      );
      expect(await bodies(reader)).toEqual([]);
      expect(await reader.messageLog.head()).toBe(0);
      await slow.query('COMMIT');
      await slow.end();
      expect(await appended).toMatchObject([{ id: 2, seq: 2, previous: 1 }]);
      expect(await own).toEqual(['slow', 'quick']);
      expect(await others).toEqual(['slow', 'quick']);
    });

    test('several processes append without gaps, and all followers get the same order', async () => {
      const options = server.options();
      const stores = [await open(options), await open(options), await open(options)];
      const told = stores.map((store) => followed(store, 150));
      await Promise.all(
        stores.flatMap((store, i) =>
          Array.from({ length: 50 }, (_, n) => store.messageLog.append([newEntry(`${i}.${n}`)])),
        ),
      );
      const [first, ...others] = await Promise.all(told);
      for (const other of others) expect(other).toEqual(first);
      const entries = await (stores[0] as Store).messageLog.entries(0, 1000);
      expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ id }) => id));
      expect(entries.map(({ body }) => body)).toEqual(first);
    });

    test('of a message that two processes are given under one key, one is kept', async () => {
      const options = server.options();
      const stores = [await open(options), await open(options)];
      const key = { sender: 1, key: 'k', unknown: ['ghost'], time: 1 };
      const results = await Promise.all(stores.map(({ messageLog }) => messageLog.append([newEntry('once')], key)));
      expect(results).toContainEqual({ duplicateOf: 1, unknown: ['ghost'] });
      expect(await bodies(stores[0] as Store)).toEqual(['once']);
    });

    test('appends at once share a transaction, and a bad one fails alone', async () => {
      const store = await open();
      const before = (await store.facts.read()).batches;
      const results = await Promise.allSettled([
        store.messageLog.append([newEntry('first')]),
        store.messageLog.append([newEntry('nowhere', { to: { room: 99 } })]),
        // Too great a number for the database, which only the statement notices.
        store.messageLog.append([newEntry('bad', { version: 2 ** 80 })]),
        store.messageLog.append([newEntry('last')]),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      expect(await bodies(store)).toEqual(['first', 'last']);
      await Promise.all(Array.from({ length: 500 }, (_, i) => store.messageLog.append([newEntry(String(i))])));
      expect((await store.facts.read()).batches - before).toBeLessThan(20);
    });
  });

  describe('a lost connection', () => {
    test.each<[Cut, Break]>([
      ['before', 'end'],
      ['before', 'reset'],
      ['within', 'end'],
      ['within', 'reset'],
      ['after', 'end'],
      ['after', 'reset'],
    ])('cut %s a commit with %s adds the batch once, and answers it', async (when, how) => {
      await using proxy = await startFaultyProxy(server.port);
      const store = await open({ ...server.options(), url: server.url.replace(/:\d+\//, `:${proxy.port}/`) });
      const told = followed(store, 3);
      await store.messageLog.append([newEntry('one')]);
      const cut = proxy.cut(when, how);
      const appended = await Promise.all([
        store.messageLog.append([newEntry('two')]),
        store.messageLog.append([newEntry('three')], { sender: 1, key: 'k', unknown: [], time: 1 }),
      ]);
      await cut;
      expect(appended).toMatchObject([[{ id: 2, body: 'two' }], [{ id: 3, body: 'three' }]]);
      expect(await bodies(store)).toEqual(['one', 'two', 'three']);
      expect(await told).toEqual(['one', 'two', 'three']);
    });

    test('terminated again and again, nothing that was answered is lost, and nothing is added twice', async () => {
      const store = await open();
      const answered: string[] = [];
      let isOver = false;
      const talkers = Array.from({ length: 4 }, async (_, talker) => {
        for (let n = 0; !isOver; n++) {
          const body = `${talker}.${n}`;
          await store.messageLog.append([newEntry(body)]).then(
            () => answered.push(body),
            () => {},
          );
        }
      });
      for (let i = 0; i < 30; i++) {
        await server.query(
          `SELECT pg_sleep(0.02), pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'chatserv' AND state <> 'idle'`,
        );
      }
      isOver = true;
      await Promise.all(talkers);
      const kept = await bodies(store);
      expect(answered.length).toBeGreaterThan(30);
      expect(new Set(kept).size).toBe(kept.length);
      expect(answered.filter((body) => !kept.includes(body))).toEqual([]);
    });

    test('a server that is away is reported, refuses appends, and is found again', async () => {
      const reports: string[] = [];
      const found = Promise.withResolvers<void>();
      const lost = Promise.withResolvers<void>();
      const store = await open({
        ...server.options(),
        lost(why) {
          reports.push(why.message);
          lost.resolve();
        },
        found: found.resolve,
      });
      await store.messageLog.check?.();
      await server.stop();
      await expect(store.messageLog.check?.()).rejects.toThrow(
        /^The PostgreSQL database postgres at .* cannot be reached/,
      );
      await expect(store.messageLog.append([newEntry('lost')])).rejects.toThrow('cannot be reached');
      await expect(store.accounts.get(1)).rejects.toThrow('cannot be reached');
      await lost.promise;
      await server.start();
      await found.promise;
      await store.messageLog.check?.();
      expect(await store.messageLog.append([newEntry('kept')])).toMatchObject([{ id: 1 }]);
      expect(reports).toHaveLength(1);
    });
  });

  describe('accounts', () => {
    test('a change by another process is noticed, and an own one is not', async () => {
      const options = server.options();
      let noticed = 0;
      const changed = Promise.withResolvers<void>();
      const store = await open({
        ...options,
        accountsChanged() {
          noticed++;
          changed.resolve();
        },
      });
      const other = await open(options);
      const alice = (await store.accounts.create('alice', 'hash')) as StoredAccount;
      await store.accounts.setRoles(alice.id, ['admin']);
      await store.accounts.rename(alice.id, 'alicia');
      // Each is seen in a look of its own, and the second look comes after what the first one did.
      for (const body of ['one look', 'another look']) {
        const told = followed(store, 1);
        await other.messageLog.append([newEntry(body)]);
        await told;
      }
      expect(noticed).toBe(0);
      await other.accounts.signOut(alice.id);
      await changed.promise;
      expect(noticed).toBe(1);
    });

    test('a process that is told of an append does not wait for its next look, and announces only its own', async () => {
      const options = server.options();
      const [store, other] = [await open(options), await open(options)];
      const own: string[] = [];
      const all: string[] = [];
      store.messageLog.followOwn?.((entries) => own.push(...entries.map(({ body }) => body)));
      store.messageLog.follow((entries) => all.push(...entries.map(({ body }) => body)));
      for (let i = 0; i < 20; i++) {
        // Under way when the other process commits, so that it may have read the log before.
        const under = i % 2 === 0 ? store.messageLog.append([newEntry(`own ${i}`)]) : store.messageLog.catchUp?.();
        await other.messageLog.append([newEntry(`other ${i}`)]);
        await Promise.all([store.messageLog.catchUp?.(), store.messageLog.catchUp?.()]);
        expect(all).toContain(`other ${i}`);
        await under;
      }
      expect(own).toEqual(Array.from({ length: 10 }, (_, i) => `own ${2 * i}`));
      expect(all).toEqual(await bodies(other));
    });

    test('of two processes that register look-alikes at once, one succeeds, and no id is used twice', async () => {
      const options = server.options();
      const stores = [await open(options), await open(options)];
      const all = await Promise.all(
        stores.flatMap(({ accounts }, i) => [
          accounts.create(['modern', 'modem'][i] ?? '', 'hash', true),
          accounts.create(`user${i}`, 'hash'),
        ]),
      );
      const ids = all.flatMap((account) => account?.id ?? []);
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(3);
    });
  });

  describe('the schema', () => {
    test('is created once by processes that start together', async () => {
      const options = server.options();
      const stores = await Promise.all([open(options), open(options), open(options)]);
      expect(new Set(stores.map(({ accounts }) => accounts.identity)).size).toBe(1);
      const versions = await server.query(`SELECT version FROM ${options.schema}.schema_version`);
      expect(versions).toEqual([{ version: String(MIGRATIONS.length) }]);
    });

    test('of a newer version is used if it works with this one, and refused if not', async () => {
      const options = server.options();
      await open(options);
      const table = `${options.schema}.schema_version`;
      await server.query(`UPDATE ${table} SET version = version + 1`);
      await open(options);
      await server.query(`UPDATE ${table} SET works_with = version`);
      await expect(open(options)).rejects.toThrow(
        `was migrated by a newer version of chatserv to schema ${MIGRATIONS.length + 1}, and this version knows ${MIGRATIONS.length}: update chatserv.`,
      );
    });

    test('is migrated while other servers use it, even if that collides with what they do', async () => {
      const options = server.options();
      const { messageLog } = await open(options);
      const other = new pg.Client({ connectionString: options.url });
      await other.connect();
      await other.query(`SET search_path = ${options.schema}; BEGIN; SELECT FROM room`);
      const sql = 'ALTER TABLE entry ADD COLUMN next text;\nALTER TABLE room ADD COLUMN next text;\n';
      (MIGRATIONS as Migration[]).push({ worksWith: MIGRATIONS.length, sql });
      try {
        const opening = open(options);
        await server.query(
          // Until the migration has changed the one table and waits for the other.
          `DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock') LOOP
             PERFORM pg_sleep(0.01); END LOOP; END $$`,
        );
        await other.query('SELECT FROM entry');
        await other.query('COMMIT');
        await other.end();
        await opening;
        const versions = await server.query(`SELECT version FROM ${options.schema}.schema_version`);
        expect(versions).toEqual([{ version: String(MIGRATIONS.length) }]);
        expect(await messageLog.append([newEntry('one')])).toMatchObject([{ id: 1 }]);
      } finally {
        (MIGRATIONS as Migration[]).pop();
      }
    });

    test('that was made for a user needs no right to create one', async () => {
      const { schema } = server.options();
      await server.query(`CREATE USER plain; CREATE SCHEMA ${schema} AUTHORIZATION plain`);
      const store = await open({ ...server.options(schema), url: server.url.replace('postgres@', 'plain@') });
      expect(await store.messageLog.append([newEntry('one')])).toHaveLength(1);
      await expect(open({ ...server.options(), url: server.url.replace('postgres@', 'plain@') })).rejects.toThrow(
        /^The PostgreSQL database postgres at .* denies a right: /,
      );
    });

    test('in a database with another encoding is refused', async () => {
      await server.query("CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
      await expect(open({ ...server.options(), url: server.url.replace(/postgres$/, 'old') })).rejects.toThrow(
        /^The PostgreSQL database old at 127.0.0.1:\d+ has the encoding SQL_ASCII: create it with --encoding=UTF8.$/,
      );
      await expect(open({ ...server.options(), url: `${server.url}-none` })).rejects.toThrow('create it with createdb');
    });
  });

  test('a statement that takes too long fails, and says which option bounds it', async () => {
    const options = { ...server.options(), statementTimeout: 200 };
    const store = await open(options);
    const other = new pg.Client({ connectionString: options.url });
    await other.connect();
    await other.query(`BEGIN; LOCK TABLE ${options.schema}.log`);
    await expect(store.messageLog.append([newEntry('one')])).rejects.toThrow('see the option statementTimeout');
    await other.query('ROLLBACK');
    await other.end();
    expect(await store.messageLog.append([newEntry('two')])).toMatchObject([{ id: 1 }]);
  });

  test('an import has the log to itself: appends fail until it ends', async () => {
    const options = { ...server.options(), statementTimeout: 300 };
    const store = await open(options);
    await store.archive.begin({ account: 0, room: 1, entry: 0 });
    await expect(store.messageLog.append([newEntry('one')])).rejects.toThrow('statementTimeout');
    await store.archive.finish?.();
    expect(await store.messageLog.append([newEntry('two')])).toMatchObject([{ id: 1 }]);
  });

  test('a dry run neither connects nor needs a server', async () => {
    const { accounts, messageLog, storage } = unconnectedStore({
      ...server.options(),
      url: 'postgres://127.0.0.1:1/x',
    });
    expect(() => storage.open('notes', z.json())).not.toThrow();
    for (const request of [accounts.get(1), messageLog.head(), messageLog.append([newEntry('one')])]) {
      await expect(request).rejects.toThrow('The PostgreSQL database x at 127.0.0.1:1 is not used in a dry run.');
    }
  });

  test('an archive of SQLite is imported by the command line, once, and accounts are managed there', async () => {
    const { schema, url } = server.options();
    const store = { sqlite: false, postgres: { url, schema } };
    await using folder = await Folder.with({
      'old.json': JSON.stringify({ plugins: { sqlite: { file: 'old.db' } } }),
      'new.json': JSON.stringify({ plugins: store }),
    });
    const runs = (config: string, ...args: string[]) => folder.runs([...args, '--config', config], 'three blind mice');
    await runs('old.json', 'user', 'add', 'ada');
    await runs('old.json', 'export', 'chat.jsonl');
    expect(await runs('new.json', 'import', 'chat.jsonl')).toMatchObject({ code: 0 });
    expect(await runs('new.json', 'import', 'chat.jsonl')).toMatchObject({ code: 2 });
    await runs('new.json', 'user', 'role', 'ada', 'admin');
    const { stdout } = await runs('new.json', 'user', 'list');
    expect(stdout).toMatch(/ada.*admin/);
    expect(await runs('new.json', 'backup', 'copy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('backup'),
    });
  });

  describe('servers that share a database', () => {
    test('deliver messages to each other, and end the sessions of an account that the other has removed', async () => {
      const { now, ...postgres } = server.options();
      await using one = await startServer({ memory: false, postgres });
      await using other = await startServer({ memory: false, postgres });
      const [alice, bob] = [await one.joins('alice'), await other.joins('bob')];
      expect(await alice.asks('message bob hi')).toBe('sent:');
      expect(await bob.next()).toMatch(/alice: hi$/);
      expect(await bob.asks('message alice hello')).toBe('sent:');
      expect(await alice.next()).toMatch(/bob: hello$/);
      const accounts = other.host.service(Accounts.service) as Accounts;
      await accounts.remove((await accounts.find('alice'))?.id ?? 0);
      expect(await alice.next()).toBe('closing:removed');
      // There is no such user any more.
      expect(await bob.asks('message alice hello')).toBe('sent:alice');
      // Their clocks stand still, and the database's does not.
      const failures = [...one.failures, ...other.failures].filter(({ facts }) => facts.event !== 'clock-difference');
      expect(failures).toEqual([]);
    });
  });
});
