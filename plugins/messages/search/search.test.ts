import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, MessageLog } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../test/support/attacker.ts';
import { newEntry } from '../../../test/support/new-entry.ts';

let folder = '';
let log: MessageLog;
const database = () => join(folder, 'chat.db');
const index = () => `${database()}-search`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-search-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Passes on the log of the server. */
const peek = definePlugin({
  name: 'peek',
  summary: 'Passes on the log',
  needs: { messageLog: MessageLog },
  setup({ messageLog }) {
    log = messageLog;
  },
});

/** A server on a database. */
function start(search: object = {}, more: object = {}): Promise<TestServer> {
  return startServer({ memory: false, sqlite: { file: database() }, search, timeouts: false, peek, ...more });
}

/** Logs in on a device. */
async function on(server: TestServer, name: string, device = 'phone'): Promise<JsonClient> {
  const client = server.connectJson();
  await client.logsIn(name, PASSWORD, device);
  return client;
}

/** Makes a call, and returns its answer. Messages that are pushed before it are left out. */
async function call(client: JsonClient, name: string, values: object): Promise<Record<string, never>> {
  client.says({ type: 'command', request: 1, name, values } as never);
  for (;;) {
    const event = await client.next(`the answer to ${name}`);
    if (event.type === 'answer' || event.type === 'error') return event as never;
  }
}

interface Facts {
  readonly hits: readonly { readonly message: { readonly id: number; readonly text: string } }[];
  readonly next?: number;
  readonly complete: boolean;
}

async function search(client: JsonClient, query: string): Promise<Facts> {
  return (await call(client, 'search', { query })).facts as unknown as Facts;
}

const texts = async (client: JsonClient, query: string) =>
  (await search(client, query)).hits.map(({ message }) => message.text);

/** Changes the text of a message, as an edit does. @returns the id of the edit */
async function edit(of: number, text: string): Promise<number> {
  const { room, sender, from } = (await log.get(of)) as Exclude<Awaited<ReturnType<MessageLog['get']>>, undefined>;
  const plain = { version: 1, counts: false, device: '', toSender: false, time: 1 };
  const [entry] = (await log.append([
    { ...plain, to: { room }, kind: 'edit', sender, from, of, body: JSON.stringify({ text }) },
  ])) as readonly { id: number }[];
  return entry?.id ?? 0;
}

/** Removes the text of an entry. */
async function redact(of: number): Promise<void> {
  const { room } = (await log.get(of)) ?? { room: 0 };
  const plain = { version: 1, counts: false, device: '', toSender: false, time: 1, body: '' };
  await log.append([{ ...plain, to: { room }, kind: 'redaction', sender: 0, from: '*server*', of }]);
}

/** Whether the files of the index contain a word. */
function holds(word: string): boolean {
  return ['', '-wal', '-shm']
    .map((suffix) => index() + suffix)
    .some((file) => existsSync(file) && readFileSync(file).includes(word));
}

describe('a program', () => {
  test('gets hits as data, the same on all devices, and pages through them', async () => {
    await using server = await start();
    await server.registers('alice', 'bob');
    const alice = await on(server, 'alice');
    const [phone, laptop] = [await on(server, 'bob', 'phone'), await on(server, 'bob', 'laptop')];
    await call(alice, 'create', { room: '#lab' });
    await call(phone, 'join', { room: '#lab' });
    for (const text of ['one tea', 'two tea', 'three tea']) await call(alice, 'message', { to: ['#lab'], text });
    await call(alice, 'message', { to: ['bob'], text: 'tea for two' });
    const first = await search(phone, 'tea limit:2');
    expect(first).toEqual({
      hits: [
        {
          message: {
            type: 'message',
            id: 7,
            from: 'alice',
            audience: 'named',
            room: 3,
            seq: 1,
            text: 'tea for two',
            time: '2026-01-01T00:00:00.000Z',
            repeat: false,
          },
          place: { room: 3, kind: 'direct', members: ['alice'] },
          snippet: 'tea for two',
        },
        {
          message: expect.objectContaining({ id: 6, roomName: '#lab', text: 'three tea' }),
          place: { room: 2, kind: 'room', roomName: '#lab' },
          snippet: 'three tea',
        },
      ],
      next: 6,
      complete: true,
    });
    expect(await search(laptop, 'tea limit:2')).toEqual(first);
    const rest = await search(laptop, `tea limit:2 before:${first.next}`);
    expect(rest.hits.map(({ message }) => message.text)).toEqual(['two tea', 'one tea']);
    expect(rest.next).toBeUndefined();
    expect(await texts(alice, 'tea from:bob')).toEqual([]);
  });

  test('gets the text that an edit has left, from all devices on, and the one before if the edit is withdrawn', async () => {
    await using server = await start();
    await server.registers('alice', 'bob');
    const [alice, bob] = [await on(server, 'alice'), await on(server, 'bob')];
    const sent = await call(alice, 'message', { to: ['bob'], text: 'meet at noon' });
    expect(sent).toMatchObject({ type: 'answer' });
    const id = (await search(bob, 'noon')).hits[0]?.message.id ?? 0;
    const one = await edit(id, 'meet at nine');
    expect(await texts(bob, 'noon')).toEqual([]);
    expect((await search(bob, 'nine')).hits).toMatchObject([{ message: { id, text: 'meet at nine' }, edited: true }]);
    await edit(id, 'meet at ten');
    expect(await texts(bob, 'nine')).toEqual([]);
    const other = await edit(id, 'meet at six');
    await redact(other);
    expect(await texts(bob, 'six')).toEqual([]);
    expect(await texts(bob, 'ten')).toEqual(['meet at ten']);
    await redact(one);
    expect(await texts(bob, 'ten')).toEqual(['meet at ten']);
    await redact(id);
    expect(await texts(bob, 'meet')).toEqual([]);
  });

  test('does not learn by what a message was replaced after it has left the room', async () => {
    await using server = await start();
    await server.registers('alice', 'bob');
    const [alice, bob] = [await on(server, 'alice'), await on(server, 'bob')];
    await call(alice, 'create', { room: '#lab' });
    await call(bob, 'join', { room: '#lab' });
    await call(alice, 'message', { to: ['#lab'], text: 'the key is under the mat' });
    const id = (await search(bob, 'key')).hits[0]?.message.id ?? 0;
    await call(bob, 'leave', { room: '#lab' });
    await edit(id, 'the key is under the pot');
    expect(await texts(bob, 'pot')).toEqual([]);
    expect(await texts(alice, 'pot')).toEqual(['the key is under the pot']);
  });
});

describe('limits', () => {
  test('are answered and counted', async () => {
    await using server = await start({ perMinute: 2, maxLength: 20, maxPageSize: 5, maxSearches: 1 });
    await server.registers('alice', 'bob');
    const [alice, bob] = [await server.returns('alice'), await server.returns('bob')];
    expect(await alice.asks(`search ${'x'.repeat(21)}`)).toBe('error:too-long:search');
    expect(await alice.asks('search tea limit:6')).toBe('error:too-many:search');
    for (let i = 0; i < 2; i++) expect(await alice.asks('search tea')).toBe('end:search');
    expect(await alice.asks('search tea')).toBe('error:rate:search');
    expect(await bob.asks('search tea')).toBe('end:search');
    server.clock.advance(30);
    expect(await alice.asks('search tea')).toBe('end:search');
    await Promise.all([alice.says('search tea'), bob.says('search tea')]);
    expect([await alice.asks(), await bob.asks()].sort()).toContain('error:rate:search');
    expect(server.limitHits).toMatchObject({ 'search-length': 1, 'search-page': 1, searches: expect.any(Number) });
  });

  test('an index in memory holds the latest messages', async () => {
    await using server = await startServer({ search: { maxInMemory: 3 }, peek });
    await server.registers('alice', 'bob');
    const alice = await on(server, 'alice');
    for (let i = 1; i <= 5; i++) await call(alice, 'message', { to: ['bob'], text: `tea ${i}` });
    expect(await texts(alice, 'tea')).toEqual(['tea 5', 'tea 4', 'tea 3']);
    await call(alice, 'message', { to: ['bob'], text: 'tea 6' });
    expect(await texts(alice, 'tea')).toEqual(['tea 6', 'tea 5', 'tea 4']);
    await server.reload({ search: { maxInMemory: 2 } });
    expect(await texts(alice, 'tea')).toEqual(['tea 6', 'tea 5']);
  });
});

describe('the file of the index', () => {
  test('follows the log without a search, and is for its owner only', async () => {
    await using server = await start();
    await server.registers('bob');
    const alice = await server.joins('alice');
    expect(await alice.asks('message bob xylophone')).toBe('sent:');
    expect(holds('xylophone')).toBe(false);
    server.clock.advance(1);
    await until('the message to be indexed', () => holds('xylophone'));
    expect(statSync(index()).mode & 0o777).toBe(0o600);
    expect(server.failures).toEqual([]);
  });

  test('holds no text that was removed from the log', async () => {
    await using server = await start();
    await server.registers('bob');
    await server.joins('alice');
    const alice = await on(server, 'alice');
    for (const text of ['xylophone', 'quokka', 'zeppelin']) {
      await call(alice, 'message', { to: ['bob'], text: `the secret ${text} of mine` });
    }
    const ids = (await search(alice, 'secret')).hits.map(({ message }) => message.id);
    const [zeppelin = 0, , xylophone = 0] = ids;
    await redact(xylophone);
    await until('the text to leave the index', () => !holds('xylophone'));
    await edit(zeppelin, 'nothing');
    expect(await texts(alice, 'secret')).toEqual(['the secret quokka of mine']);
    expect(holds('zeppelin')).toBe(false);
    // What was trimmed leaves it within a minute.
    while (await log.trim({ before: 0, most: 0, keysSince: 0 }));
    expect(await texts(alice, 'secret')).toEqual([]);
    expect(holds('quokka')).toBe(true);
    server.clock.advance(60);
    await until('the message to leave the index', () => !holds('quokka'));
  });

  test('is caught up with after a restart, whatever it lacks', async () => {
    {
      await using server = await start();
      await server.registers('bob');
      const alice = await server.joins('alice');
      expect(await alice.asks('message bob first tea')).toBe('sent:');
      expect(await alice.asks('search tea')).toMatch(/first tea$/);
    }
    {
      await using server = await start({}, { search: false });
      const alice = await server.returns('alice');
      for (let i = 0; i < 20; i++) expect(await alice.asks(`message bob tea ${i}`)).toBe('sent:');
      await redact(1);
    }
    await using server = await start();
    const alice = await on(server, 'alice');
    const { hits, complete } = await search(alice, 'tea limit:100');
    expect([hits.length, complete]).toEqual([20, true]);
    expect(server.failures).toEqual([]);
  });

  test.each([
    ['missing', () => rmSync(index())],
    ['empty', () => truncateSync(index())],
    ['cut', () => truncateSync(index(), 3000)],
    ['damaged', () => damage(4096)],
    ['damaged in its texts', () => damage(8192)],
  ])('is built anew if it is %s', async (_how, spoil) => {
    {
      await using server = await start();
      await server.joins('alice');
      const texts = Array.from(
        { length: 300 },
        (_, i) => `tea ${i}, a text that takes some room in the file of the index`,
      );
      await log.append(texts.map((body) => newEntry(body, { to: { direct: [1] } })));
      await search(await on(server, 'alice', 'laptop'), 'tea');
    }
    spoil();
    await using server = await start();
    const alice = await on(server, 'alice');
    await search(alice, 'tea');
    server.clock.advance(0);
    await until('the index to be complete', async () => {
      const { hits, complete } = (await search(alice, 'tea limit:1')) ?? {};
      return complete && hits.length === 1;
    });
    expect((await search(alice, '299')).hits).toHaveLength(1);
    expect((await search(alice, '0')).hits).toHaveLength(1);
  });

  test('is built anew for another log', async () => {
    {
      await using server = await start();
      await server.registers('bob');
      const alice = await server.joins('alice');
      for (let i = 0; i < 3; i++) expect(await alice.asks('message bob one tea')).toBe('sent:');
      expect(await alice.asks('search tea limit:1')).toMatch(/one tea$/);
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(database() + suffix, { force: true });
    await using server = await start();
    await server.joins('alice');
    const alice = await on(server, 'alice');
    await call(alice, 'message', { to: ['alice'], text: 'two teas' });
    expect(await texts(alice, 'tea')).toEqual([]);
    expect(await texts(alice, 'teas')).toEqual(['two teas']);
  });

  test('that is something else is left alone, and searching is refused', async () => {
    writeFileSync(index(), 'the notes of somebody else, which are longer than the header of a database: '.repeat(9));
    const notes = readFileSync(index(), 'utf8');
    await using server = await start();
    await server.registers('bob');
    const alice = await server.joins('alice');
    for (let i = 0; i < 2; i++) expect(await alice.asks('search tea')).toBe('error:internal:search');
    server.clock.advance(31);
    expect(await alice.asks('search tea')).toBe('error:internal:search');
    expect(await alice.asks('message bob tea')).toBe('sent:');
    expect(readFileSync(index(), 'utf8')).toBe(notes);
    expect(server.failures.map(({ facts }) => facts.event)).toEqual(['search-index']);
    rmSync(index());
    server.clock.advance(31);
    await until('the index to work', async () => (await alice.asks('search tea')) !== 'error:internal:search');
  });
});

/** Overwrites a page of the index. */
function damage(at: number): void {
  const bytes = readFileSync(index());
  bytes.fill(0xa5, at, at + 4096);
  writeFileSync(index(), bytes);
}
