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

async function logsIn(server: TestServer, name: string): Promise<JsonClient> {
  const client = server.connectJson();
  await client.logsIn(name, PASSWORD);
  return client;
}

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  const postgres = usePostgres();

  /** Starts servers with one database, each with an index of its own. */
  function starting() {
    const { now, ...options } = postgres.options();
    return (search: object) => startServer({ memory: false, postgres: options, search, timeouts: false });
  }

  test('two servers find the same, at once, whether the index is in memory or in a file', async () => {
    await using folder = await Folder.with({});
    const file = join(folder.path, 'index');
    const start = starting();
    await using one = await start({ file });
    await using other = await start({});
    await one.registers('alice', 'bob');
    const [alice, bob] = [await logsIn(one, 'alice'), await logsIn(other, 'bob')];
    await run(alice, 'create', { room: '#lab' });
    const same = async (query: string, texts: readonly string[]) => {
      expect(await search(alice, query)).toEqual(texts);
      expect(await search(bob, query)).toEqual(texts);
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
