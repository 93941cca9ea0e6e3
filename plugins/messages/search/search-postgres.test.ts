import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { Folder } from '../../../test/support/command-line.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';

/** Runs a command. @returns its facts; what is pushed before the answer is left out */
async function run(client: JsonClient, name: string, values: object): Promise<Record<string, unknown>> {
  client.says({ type: 'command', name, values } as never);
  for (;;) {
    const event = await client.next(`the answer to ${name}`);
    if (event.type === 'error') throw new Error(JSON.stringify(event));
    if (event.type === 'answer') return event.facts as Record<string, unknown>;
  }
}

/** Sends a message to a room. @returns its id */
const post = async (client: JsonClient, text: string) =>
  (await run(client, 'message', { to: ['#lab'], text })).id as number;

interface Found {
  readonly hits: readonly { readonly message: { readonly text: string } }[];
  readonly complete: boolean;
}

async function search(client: JsonClient, query: string): Promise<readonly string[]> {
  const { hits, complete } = (await run(client, 'search', { query })) as unknown as Found;
  expect(complete).toBe(true);
  return hits.map(({ message }) => message.text);
}

async function logsIn(server: TestServer, name: string, device = 'phone'): Promise<JsonClient> {
  const client = server.connectJson();
  await client.logsIn(name, PASSWORD, device);
  return client;
}

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  const postgres = usePostgres();

  /** Starts servers with one database. */
  function starting() {
    const { now, ...options } = postgres.options();
    return (search: object) => startServer({ memory: false, postgres: options, search, timeouts: false });
  }

  test('servers find the same, at once, whether the index is in the database or in a file', async () => {
    await using folder = await Folder.with({});
    const file = join(folder.path, 'index');
    const start = starting();
    await using one = await start({});
    await using other = await start({});
    await using own = await start({ file });
    await one.registers('alice', 'bob');
    const [alice, bob] = [await logsIn(one, 'alice'), await logsIn(other, 'bob')];
    const laptop = await logsIn(own, 'alice', 'laptop');
    await run(alice, 'create', { room: '#lab' });
    const same = async (query: string, texts: readonly string[]) => {
      for (const client of [alice, bob, laptop]) expect(await search(client, query)).toEqual(texts);
    };
    await post(alice, 'tea before he came');
    // His server has read of the room by then.
    expect(await search(bob, 'tea')).toEqual([]);
    await run(bob, 'join', { room: '#lab' });
    expect(await search(bob, 'tea')).toEqual([]);
    const first = await post(alice, 'Tea at the Café');
    const second = await post(bob, '東京タワー tea');
    // Without a pause: neither server has been told of the other's message yet.
    expect(await search(alice, 'tea')).toEqual(['東京タワー tea', 'Tea at the Café', 'tea before he came']);
    expect(await search(bob, 'tea')).toEqual(['東京タワー tea', 'Tea at the Café']);
    await same('東京', ['東京タワー tea']);
    await same('"the cafe"', ['Tea at the Café']);
    await run(alice, 'edit', { message: first, text: 'Coffee at the Café' });
    await same('coffee', ['Coffee at the Café']);
    await same('"tea at"', []);
    await run(bob, 'delete', { message: second });
    await same('東京', []);
  });

  test('an index in the database that was emptied is filled again', async () => {
    const options = postgres.options();
    const { now, ...postgresOptions } = options;
    await using server = await startServer({ memory: false, postgres: postgresOptions, timeouts: false });
    await server.registers('alice');
    const alice = await logsIn(server, 'alice');
    await run(alice, 'create', { room: '#lab' });
    await post(alice, 'tea one');
    expect(await search(alice, 'tea')).toEqual(['tea one']);
    const tables = ['message', 'day', 'state'].map((table) => `${options.schema}.search_${table}`);
    await postgres.query(`TRUNCATE ${tables.join()}`);
    await post(alice, 'tea two');
    expect(await search(alice, 'tea')).toEqual(['tea two', 'tea one']);
  });

  test('an index in a file goes on where it was, with what another server has appended meanwhile', async () => {
    await using folder = await Folder.with({});
    const file = join(folder.path, 'index');
    const start = starting();
    await using other = await start({});
    await other.registers('alice', 'bob');
    const alice = await logsIn(other, 'alice');
    await run(alice, 'create', { room: '#lab' });
    const gone = await post(alice, 'tea one');
    {
      await using one = await start({ file });
      const bob = await logsIn(one, 'bob');
      expect(await search(bob, 'tea')).toEqual([]);
      await run(bob, 'join', { room: '#lab' });
      await post(alice, 'tea two');
      expect(await search(bob, 'tea')).toEqual(['tea two']);
    }
    const { ino } = statSync(file);
    await post(alice, 'tea three');
    await run(alice, 'delete', { message: gone });
    await using one = await start({ file });
    const bob = await logsIn(one, 'bob');
    expect(await search(bob, 'tea')).toEqual(['tea three', 'tea two']);
    expect(await search(alice, 'tea')).toEqual(['tea three', 'tea two']);
    expect(statSync(file).ino).toBe(ino);
  });
});
