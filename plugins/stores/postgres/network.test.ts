import { setTimeout as after } from 'node:timers/promises';
import type { Entry } from 'chatserv';
import { afterEach, describe, expect, test } from 'vitest';
import { type FaultyProxy, startFaultyProxy } from '../../../test/support/faulty-proxy.ts';
import { newEntry } from '../../../test/support/new-entry.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { POSTGRES } from '../../../test/support/postgres-programs.ts';
import type { PostgresServer } from '../../../test/support/postgres-server.ts';
import { openStore, type Store, type StoreOptions } from './store.ts';

/** How long a statement may take, in milliseconds: short, since the tests wait for it. */
const STATEMENT_TIMEOUT = 1000;

/** A message that fills the buffers of a connection together with a few others. */
const LONG = 'x'.repeat(500_000);

describe.runIf(POSTGRES !== undefined)('the way to PostgreSQL', () => {
  const server = usePostgres();
  const opened: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
  });

  async function open(options: StoreOptions): Promise<Store> {
    const store = await openStore({ ...options, statementTimeout: STATEMENT_TIMEOUT });
    opened.push({ [Symbol.asyncDispose]: () => store.close() });
    return store;
  }

  /** Opens a store that reaches the database through a proxy, and another one that does not. */
  async function openBoth(database: PostgresServer) {
    const proxy: FaultyProxy = await startFaultyProxy(database.port);
    const options = database.options();
    const near = await open(options);
    const far = await open({ ...options, url: database.url.replace(/:\d+\//, `:${proxy.port}/`) });
    // Before the stores are closed.
    opened.unshift(proxy);
    return { near, far, proxy };
  }

  const say = ({ messageLog }: Store, body: string, key?: string) =>
    messageLog.append(
      [newEntry(body)],
      key === undefined ? undefined : { sender: 1, key, unknown: [], time: 1 },
    ) as Promise<readonly Entry[]>;

  /** Appends until that works. */
  async function sayAgain(store: Store, body: string): Promise<void> {
    for (;;) {
      try {
        await say(store, body, body);
        return;
      } catch {
        await after(50);
      }
    }
  }

  const bodies = async ({ messageLog }: Store) => (await messageLog.entries(0, 10_000)).map(({ body }) => body);

  test('stalls: what was under way is kept once, and other servers go on', async () => {
    const { near, far, proxy } = await openBoth(server);
    await say(far, 'before');
    proxy.stalls();
    const late = say(far, 'late', 'k').catch(() => undefined);
    await sayAgain(near, 'meanwhile');
    proxy.flows();
    await late;
    // A retry of what may have failed.
    await sayAgain(far, 'after');
    await say(far, 'late', 'k');
    expect((await bodies(near)).toSorted()).toEqual(['after', 'before', 'late', 'meanwhile']);
  });

  test('loses connections without notice: all of them are replaced, and other servers go on', async () => {
    const { near, far, proxy } = await openBoth(server);
    await Promise.all([say(far, 'one'), say(far, 'two'), far.messageLog.head(), far.messageLog.head()]);
    proxy.loses();
    const retried = sayAgain(far, 'three');
    await sayAgain(near, 'meanwhile');
    await retried;
    expect((await bodies(far)).toSorted()).toEqual(['meanwhile', 'one', 'three', 'two']);
  });

  test('a server that reads no more while it has the lock of the log stops the others for a moment only', async () => {
    const { near, far, proxy } = await openBoth(server);
    await say(far, 'before');
    // With the lock, it reads what others have appended meanwhile.
    for (let i = 0; i < 20; i++) await near.messageLog.append([newEntry(LONG)]);
    const stalled = proxy.losesWithinAnswer();
    const frozen = say(far, 'frozen').catch(() => undefined);
    await stalled;
    await sayAgain(near, 'meanwhile');
    await frozen;
    await sayAgain(far, 'after');
    expect((await bodies(near)).filter((body) => body !== LONG)).toContain('after');
  });
});
