import { Accounts, definePlugin, MessageLog, Storage } from 'chatserv';
import { PASSWORD, startServer, type TestServer, VirtualClock } from 'chatserv/testing';
import { describe, test } from 'vitest';
import { memoryStore } from '../../stores/memory/store.ts';

const DAY = 86_400;

/** A store that outlives its server, and reports when a round of trimming is done. */
function keptStore() {
  const store = memoryStore(() => 0);
  let tell = () => {};
  const trim: MessageLog['trim'] = async (retention) => {
    const more = await store.messageLog.trim(retention);
    if (!more) tell();
    return more;
  };
  const plugin = definePlugin({
    name: 'kept-store',
    summary: 'Outlives the server',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup: () => ({
      provide: { accounts: store.accounts, storage: store.storage, messageLog: { ...store.messageLog, trim } },
    }),
  });
  const trimmed = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  return { plugin, trimmed };
}

/** A server with a new store, or with that of another server. */
class Kept {
  readonly #store: ReturnType<typeof keptStore>;
  readonly clock = new VirtualClock();
  server!: TestServer;

  constructor(before?: Kept) {
    this.#store = before === undefined ? keptStore() : before.#store;
  }

  async start(): Promise<TestServer> {
    const options = { 'offline-messages': { trimTime: DAY, keepDays: 365, keyTime: 10 * DAY } };
    this.server = await startServer({ ...options, memory: false, store: this.#store.plugin }, {}, this.clock);
    return this.server;
  }

  /** Advances the clock by days, with a round of trimming at the end of each. */
  async passes(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      const trimmed = this.#store.trimmed();
      this.clock.advance(DAY);
      await trimmed;
      // The plugin sees it a few promises later.
      await new Promise(setImmediate);
    }
  }
}

const MESSAGE = { type: 'message' as const, to: ['bob'], text: 'waits', key: 'k' };

/** Alice writes to bob, who is offline. @returns the answer */
async function says(server: TestServer, message: object = MESSAGE): Promise<object> {
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says(JSON.stringify(message));
  const { facts } = (await alice.sees({ type: 'answer', text: 'sent:' })) as { facts: object };
  await alice.closes();
  return facts;
}

async function sendsAgain(server: TestServer, facts: object): Promise<void> {
  const alice = server.connectJson();
  await alice.logsIn('alice', PASSWORD);
  alice.says({ ...MESSAGE, again: true });
  await alice.sees({ type: 'answer', text: 'sent:', facts });
}

async function waits(server: TestServer): Promise<void> {
  const bob = await server.returns('bob');
  await bob.sees(/ alice: waits$/);
  await bob.seesNothing();
}

describe('an undelivered message', () => {
  test('is kept for keepDays', async () => {
    const kept = new Kept();
    await using server = await kept.start();
    await server.registers('alice', 'bob');
    await says(server);
    await kept.passes(365);
    await waits(server);
  });

  test('is removed after that', async () => {
    const kept = new Kept();
    await using server = await kept.start();
    await server.registers('alice', 'bob');
    await says(server);
    await kept.passes(367);
    const bob = await server.returns('bob');
    await bob.seesNothing();
  });

  test('stays, and so does its key, if the clock is 400 days ahead for a moment', async () => {
    const kept = new Kept();
    await using server = await kept.start();
    await server.registers('alice', 'bob');
    const facts = await says(server);
    kept.clock.shift(400 * DAY);
    await kept.passes(1);
    kept.clock.shift(-400 * DAY);
    await kept.passes(1);
    await sendsAgain(server, facts);
    await waits(server);
  });

  test('stays, and so does its key, if the clock is 400 days ahead at the start', async () => {
    const before = new Kept();
    const facts = await (async () => {
      await using server = await before.start();
      await server.registers('alice', 'bob');
      return await says(server);
    })();
    const kept = new Kept(before);
    kept.clock.shift(400 * DAY);
    await using server = await kept.start();
    await kept.passes(1);
    await sendsAgain(server, facts);
    await waits(server);
  });

  test('is removed some weeks later if the server was really off for that long', async () => {
    const before = new Kept();
    {
      await using server = await before.start();
      await server.registers('alice', 'bob');
      await says(server);
    }
    const kept = new Kept(before);
    kept.clock.shift(400 * DAY);
    await using server = await kept.start();
    await kept.passes(45);
    const bob = await server.returns('bob');
    await bob.seesNothing();
  });

  test('that was sent while the clock was years behind stays as long as an earlier message', async () => {
    const kept = new Kept();
    await using server = await kept.start();
    await server.registers('alice', 'bob');
    await says(server, { ...MESSAGE, text: 'first', key: 'first' });
    kept.clock.shift(-10_000 * DAY);
    await says(server);
    kept.clock.shift(10_000 * DAY);
    await kept.passes(2);
    const bob = await server.returns('bob');
    await bob.sees(/ alice: first$/);
    await bob.sees(/ alice: waits$/);
  });
});
