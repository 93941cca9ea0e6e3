import { Accounts, defineCommand, definePlugin, Inbox, MessageLog, param, Storage } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';
import { memoryStore } from '../../stores/memory/store.ts';

describe('a user who was away', () => {
  test('gets queued messages once, oldest first, right after welcome', async () => {
    await using server = await startServer();
    await server.registers('bob');
    const alice = await server.joins('alice');
    await alice.says('message bob one', 'broadcast two', 'message (bob bob) three');
    await alice.seesInOrder('sent:', 'sent:', 'sent:');
    const bob = await server.returns('bob');
    for (const text of ['one', 'two', 'three']) await bob.hears('alice', text);
    await bob.seesNothing();
    await bob.logsOut();
    const again = await server.returns('bob');
    await again.seesNothing();
  });

  test('gets more than a page of them in order, before messages sent meanwhile', async () => {
    await using server = await startServer({}, { outboxBytes: 4096, linesPerSecond: 0 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const texts = Array.from({ length: 600 }, (_, i) => `message ${i}`);
    await alice.says(...texts.map((text) => `message bob ${text}`));
    for (const _ of texts) await alice.sees('sent:');
    const bob = await server.returns('bob');
    await alice.says('message bob live');
    await alice.sees('sent:');
    for (const text of texts) await bob.hears('alice', text);
    await bob.hears('alice', 'live');
    await bob.seesNothing();
  });

  test('and logs in twice gets messages sent during the second login on both connections', async () => {
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let logins = 0;
    const slowLogin = definePlugin({
      name: 'slow-login',
      summary: 'Holds the second login up',
      setup: () => ({
        hooks: {
          onLogin: {
            observe: {
              order: 'pre',
              async handler() {
                if (++logins < 3) return;
                begun.resolve();
                await go.promise;
              },
            },
          },
        },
      }),
    });
    await using server = await startServer({ 'single-session': false, slowLogin });
    const bob = await server.joins('bob');
    const one = await server.joins('alice');
    const two = await server.returns('alice');
    await begun.promise;
    await bob.says('message alice first', 'message alice second');
    await bob.seesInOrder('sent:', 'sent:');
    for (const text of ['first', 'second']) await one.hears('bob', text);
    // The account's cursor is past both by now, and stored.
    server.clock.advance(1);
    await bob.seesNothing();
    go.resolve();
    for (const text of ['first', 'second']) await two.hears('bob', text);
    await bob.says('message alice third');
    await one.hears('bob', 'third');
    await two.hears('bob', 'third');
    await two.seesNothing();
  });

  test('gets nothing from before the registration', async () => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    await alice.says('broadcast first');
    await alice.sees('sent:');
    const bob = await server.joins('bob');
    await bob.seesNothing();
  });
});

test('unknown names are reported once each, in the order and spelling given', async () => {
  await using server = await startServer();
  await server.registers('bob');
  const alice = await server.joins('alice');
  await alice.says('message (Nobody bob nobody BOB who) hi', 'message ghost boo');
  await alice.seesInOrder('sent:Nobody,who', 'sent:ghost');
  const bob = await server.returns('bob');
  await bob.hears('alice', 'hi');
  await bob.seesNothing();
});

test('a message to no one does not change the order of the log', async () => {
  await using server = await startServer();
  const bob = await server.joins('bob');
  const alice = await server.joins('alice');
  await alice.says('message ghost one', 'message bob two', 'message ghost three', 'message bob four');
  await alice.seesInOrder('sent:ghost', 'sent:', 'sent:ghost', 'sent:');
  await bob.hears('alice', 'two');
  await bob.hears('alice', 'four');
  expect(server.failures).toEqual([]);
});

/** A store that delays one message, as a slow disk would. */
function slowStore() {
  const begun = Promise.withResolvers<void>();
  const disk = Promise.withResolvers<void>();
  const plugin = alteredMemory(({ messageLog }) => {
    const append: MessageLog['append'] = async (entries, key) => {
      if (entries[0]?.body === 'slow') {
        begun.resolve();
        await disk.promise;
      }
      return messageLog.append(entries, key);
    };
    return { messageLog: { append } };
  });
  return { plugin, begun: begun.promise, disk };
}

test('a message that is kept after its sender got an error is delivered all the same', async () => {
  const { plugin, begun, disk } = slowStore();
  await using server = await startServer({ memory: false, plugin });
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  await alice.says('message bob slow', 'message bob fast');
  await begun;
  server.clock.advance(6);
  await alice.seesInOrder('error:internal:message', 'sent:');
  await bob.hears('alice', 'fast');
  disk.resolve();
  await bob.hears('alice', 'slow');
});

test('a message that cannot be kept is not delivered', async () => {
  const { plugin, begun, disk } = slowStore();
  await using server = await startServer({ memory: false, plugin });
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  await alice.says('message bob slow', 'message bob fast');
  await begun;
  disk.reject(new Error('the disk is full'));
  await alice.seesInOrder('error:internal:message', 'sent:');
  await bob.hears('alice', 'fast');
  await bob.seesNothing();
  expect(server.failures.map(({ text }) => text)).toEqual(["command 'message' of plugin 'message' failed"]);
});

test('without the plugin an offline name is answered like an unknown one', async () => {
  await using server = await startServer({ 'offline-messages': false });
  await server.registers('bob');
  const alice = await server.joins('alice');
  const carol = await server.joins('carol');
  await alice.says('message (bob carol ghost) hi', 'broadcast all', 'message bob gone');
  await alice.seesInOrder('sent:bob,ghost', 'sent:', 'sent:bob');
  await carol.hears('alice', 'hi');
  await carol.hears('alice', 'all');
  await carol.says('fetch');
  await carol.sees('fetching');
  await carol.seesNothing();
});

/** A command that prints how many messages are queued for a user. */
const waiting = defineCommand({
  name: 'waiting',
  summary: 'Counts what waits for a user',
  params: { user: param.user(), most: param.integer().optional() },
  needs: { accounts: Accounts, inbox: Inbox },
  async run({ values: { user, most } }, { accounts, inbox }) {
    const account = await accounts.find(user);
    return account === undefined ? 'unknown' : String(await inbox.waiting(account, most));
  },
});

describe('queued messages are counted', () => {
  test('by the current cursors, not the last stored ones', async () => {
    await using server = await startServer({ waiting }, { linesPerSecond: 0 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const carol = await server.joins('carol');
    await alice.says(...Array.from({ length: 300 }, (_, i) => `message bob ${i}`), 'broadcast 300', 'message carol no');
    for (let i = 0; i < 302; i++) await alice.sees('sent:');
    await alice.says('waiting bob', 'waiting bob 299', 'waiting bob 256', 'waiting alice');
    await alice.seesInOrder('301', '299', '256', '0');

    // The clock stands still, so no cursor is written meanwhile.
    const bob = await server.returns('bob');
    for (let i = 0; i <= 300; i++) await bob.hears('alice', String(i));
    await carol.hears('alice', '300');
    await carol.hears('alice', 'no');
    await alice.says('waiting bob', 'waiting carol');
    await alice.seesInOrder('0', '0');
    await bob.logsOut();
    await alice.says('message bob more', 'waiting bob');
    await alice.seesInOrder('sent:', '1');
  });

  test('with those that a program was handed and has not acknowledged', async () => {
    await using server = await startServer({ waiting });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    await alice.says('message bob one', 'message bob two');
    await alice.seesInOrder('sent:', 'sent:');
    const first = await bob.sees({ type: 'message', text: 'one' });
    await bob.sees({ type: 'message', text: 'two' });
    bob.says({ type: 'acknowledge', id: (first as { id: number }).id });
    await bob.seesNothing();
    await alice.says('waiting bob');
    await alice.sees('1');
  });
});

/** A store whose calls wait until the test releases all pending ones: a round. */
function storeInRounds() {
  const { accounts, messageLog, storage } = memoryStore(() => 0);
  const waiting: (() => void)[] = [];
  let waits = false;
  const inRounds = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get(target, name) {
        const call = Reflect.get(target, name);
        if (typeof call !== 'function') return call;
        return async (...values: unknown[]) => {
          if (waits) await new Promise<void>((resolve) => waiting.push(resolve));
          return call.apply(target, values);
        };
      },
    });
  const plugin = definePlugin({
    name: 'store-in-rounds',
    summary: 'Does what it is asked for in rounds',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup: () => ({ provide: { accounts: inRounds(accounts), messageLog: inRounds(messageLog), storage } }),
  });
  return {
    plugin,
    accounts,
    /** How many rounds something takes. */
    async roundsOf(work: () => Promise<unknown>): Promise<number> {
      waits = true;
      const settled = work().finally(() => {
        waits = false;
      });
      let rounds = 0;
      while (waits) {
        // Long enough for all calls that depend on nothing else.
        for (let i = 0; i < 20; i++) await new Promise(setImmediate);
        if (waiting.length > 0) rounds++;
        for (const goOn of waiting.splice(0)) goOn();
      }
      await settled;
      return rounds;
    },
  };
}

test('a message to many offline users takes a few round trips to the store, not one per user', async () => {
  const { plugin, accounts, roundsOf } = storeInRounds();
  const names = Array.from({ length: 32 }, (_, i) => `u${i}`);
  for (const name of names) await accounts.create(name, 'hash');
  await using server = await startServer({ memory: false, plugin });
  const alice = await server.joins('alice');
  // Their accounts, their cursors, their inbox counts, and the message itself.
  const rounds = await roundsOf(async () => expect(await alice.asks(`message (${names.join(' ')}) hi`)).toBe('sent:'));
  expect(rounds).toBeGreaterThan(0);
  expect(rounds).toBeLessThanOrEqual(4);
});
