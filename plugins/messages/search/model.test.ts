import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, definePlugin, type Entry, MessageLog, type NewEntry } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestPlugins } from 'chatserv/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';

const NAMES = ['alice', 'bob', 'carol'] as const;
const ROOMS = ['lab', 'den'] as const;
const WORDS = ['tea', 'kiln', 'Café', '東京', '京'] as const;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-search-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const who = fc.nat(NAMES.length - 1);
const room = fc.nat(ROOMS.length - 1);
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((some) => some.join(' '));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('room' as const), who, room, text: words }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('direct' as const), who, to: who, text: words }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('everyone' as const), who, text: words }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('join', 'leave', 'ban'), who, room }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('redact' as const), back: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('edit' as const), back: fc.nat(8), text: words }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('trim' as const), most: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('search' as const),
      who,
      text: words,
      isPhrase: fc.boolean(),
      from: fc.option(who),
      in: fc.option(room),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A server's log, and clients that search. */
async function open(plugins: TestPlugins) {
  let services = {} as { accounts: Accounts; messageLog: MessageLog };
  const peek = definePlugin({
    name: 'peek',
    summary: 'Passes on the services',
    needs: { accounts: Accounts, messageLog: MessageLog },
    setup({ accounts, messageLog }) {
      services = { accounts, messageLog };
    },
  });
  const search = { perMinute: 1e9, maxPageSize: 1e9 };
  const server = await startServer(
    { ...plugins, peek, search, timeouts: false },
    { linesPerSecond: 0, bytesPerSecond: 0 },
  );
  await server.registers(...NAMES);
  const clients: JsonClient[] = [];
  for (const name of NAMES) {
    const client = server.connectJson();
    await client.logsIn(name, PASSWORD);
    clients.push(client);
  }
  const rooms = [];
  for (const name of ROOMS) rooms.push((await services.messageLog.createRoom(name, {}))?.id ?? 0);
  const ids = await Promise.all(NAMES.map(async (name) => (await services.accounts.find(name))?.id ?? 0));
  return { server, log: services.messageLog, clients, rooms, ids };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** The ids of messages that a client finds. */
async function found(client: JsonClient, query: string): Promise<number[]> {
  client.says({ type: 'command', request: 1, name: 'search', values: { query } } as never);
  for (;;) {
    const event = await client.next('the answer');
    // A room that may not be read is answered like one that does not exist.
    if (event.type === 'error' && event.reason === 'no-room') return [];
    if (event.type === 'error') throw new Error(JSON.stringify(event));
    if (event.type !== 'answer') continue;
    const { hits } = event.facts as unknown as { hits: { message: { id: number } }[] };
    return hits.map(({ message }) => message.id);
  }
}

/** The messages that an account may read with texts that fit, found by looking at all of them, latest first. */
async function scanned(
  log: MessageLog,
  account: number,
  fits: (text: string, message: Entry) => boolean,
): Promise<number[]> {
  const all = await log.entries(0, 1e9);
  const ids: number[] = [];
  for (const message of all) {
    if (message.kind !== 'message' || message.redacted) continue;
    const edit = all.findLast(({ kind, of, redacted }) => kind === 'edit' && of === message.id && !redacted);
    const isReadable = async (entry: Entry | undefined) =>
      entry === undefined || (await log.readable(account, entry.id)) !== undefined;
    const text = edit === undefined ? message.body : (JSON.parse(edit.body) as { text: string }).text;
    if (fits(text, message) && (await isReadable(message)) && (await isReadable(edit))) ids.unshift(message.id);
  }
  return ids;
}

/** Whether a text has all words, or the phrase that they make; 東京 is two words in a row. */
function matcher(query: string, isPhrase: boolean): (text: string) => boolean {
  const split = (text: string) => ` ${text.toLowerCase().replaceAll('é', 'e').replaceAll('東京', '東 京')} `;
  const phrases = isPhrase ? [query] : query.split(' ');
  return (text) => phrases.every((phrase) => split(text).includes(split(phrase)));
}

async function play({ log, clients, rooms, ids }: Opened, steps: readonly Step[]): Promise<void> {
  const plain = { version: 1, counts: true, device: '', toSender: false, time: 1 };
  const append = async (part: Pick<NewEntry, 'to' | 'kind' | 'sender' | 'body'> & Partial<NewEntry>) =>
    void (await log.append([{ ...plain, from: NAMES[ids.indexOf(part.sender)] ?? '*server*', ...part }]));
  /** The message or edit that was appended so many before the last one. */
  const latest = async (back: number) =>
    (await log.entries(0, 1e9)).filter(({ kind }) => kind === 'message' || kind === 'edit').at(-1 - back);
  for (const one of steps) {
    const account = 'who' in one ? (ids[one.who] ?? 0) : 0;
    const at = 'room' in one ? (rooms[one.room] ?? 0) : 0;
    if (one.does === 'room') await append({ to: { room: at }, kind: 'message', sender: account, body: one.text });
    else if (one.does === 'direct') {
      await append({ to: { direct: [account, ids[one.to] ?? 0] }, kind: 'message', sender: account, body: one.text });
    } else if (one.does === 'everyone') {
      await append({ to: { room: 1 }, kind: 'message', sender: account, body: one.text });
    } else if (one.does === 'edit') {
      const entry = await latest(one.back);
      if (entry?.kind !== 'message' || entry.redacted) continue;
      const body = JSON.stringify({ text: one.text });
      await append({ to: { room: entry.room }, kind: 'edit', sender: entry.sender, body, of: entry.id, counts: false });
    } else if (one.does === 'redact') {
      const entry = await latest(one.back);
      if (entry === undefined) continue;
      const { room, id: of } = entry;
      await append({ to: { room }, kind: 'redaction', sender: 0, body: '', of, counts: false });
    } else if (one.does === 'trim') {
      while (await log.trim({ before: 0, most: one.most, keysSince: 0, history: { before: 0, most: 1e9 } }));
    } else if (one.does === 'search') {
      const { text, isPhrase, from, in: place } = one;
      const conditions = [from === null ? '' : `from:${NAMES[from]}`, place === null ? '' : `in:#${ROOMS[place]}`];
      const query = [isPhrase ? `"${text}"` : text, ...conditions, 'limit:1000000'].join(' ');
      const fits = matcher(text, isPhrase);
      const expected = await scanned(
        log,
        account,
        (text, message) =>
          fits(text) &&
          (from === null || message.sender === ids[from]) &&
          (place === null || message.room === rooms[place]),
      );
      expect(await found(clients[one.who] as JsonClient, query), query).toEqual(expected);
    } else if (one.does === 'join') await log.join(at, account, 'member', 1);
    else await log.leave(at, account, 1, one.does === 'ban');
  }
}

/** Plays random conversations on one server, and looks for each word after each of them. */
async function check(plugins: TestPlugins, numRuns: number): Promise<void> {
  const opened = await open(plugins);
  await using _server = opened.server;
  const searches = NAMES.flatMap((_, one): Step[] =>
    WORDS.map((text): Step => ({ does: 'search', who: one, text, isPhrase: false, from: null, in: null })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      await play(opened, [...steps, ...searches]);
      // The scan looks at everything.
      while (await opened.log.trim({ before: 0, most: 40, keysSince: 0, history: { before: 0, most: 1e9 } }));
    }),
    { numRuns },
  );
  // The clock of the test is not PostgreSQL's.
  expect(opened.server.failures.filter(({ facts }) => facts.event !== 'clock-difference')).toEqual([]);
}

describe('searches find what a plain look at every message finds', { timeout: 120_000 }, () => {
  test('in memory', () => check({}, 40));

  test('in SQLite', () => check({ memory: false, sqlite: { file: join(folder, 'chat.db') } }, 40));

  describe.runIf(POSTGRES !== undefined)('in PostgreSQL', () => {
    const postgres = usePostgres();

    test('with an index that all servers share', () => {
      const { now, ...options } = postgres.options();
      return check({ memory: false, postgres: options }, 20);
    });
  });
});
