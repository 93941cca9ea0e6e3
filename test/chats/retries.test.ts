import { defineCommand, definePlugin, type HookHandlers, refuse } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, test } from 'vitest';

const MESSAGE = { type: 'message' as const, to: ['bob', 'ghost'], text: 'hello', key: 'k' };
const RETRY = { ...MESSAGE, again: true };

async function joins(server: TestServer, name: string): Promise<JsonClient> {
  await server.registers(name);
  const client = server.connectJson();
  await client.logsIn(name, PASSWORD);
  return client;
}

/** A plugin with a handler that the test can replace while the server runs. */
function changing(hook: 'onMessage' | 'onCommand') {
  const current: { handler: () => unknown } = { handler: () => undefined };
  const plugin = definePlugin({
    name: 'changing',
    summary: 'Does what the test says',
    setup: () => ({ hooks: { [hook]: { guard: () => current.handler() } } as HookHandlers }),
  });
  return { plugin, current };
}

describe('a retry of a kept message', () => {
  test.each(['onMessage', 'onCommand'] as const)(
    'is answered as the first copy, though %s refuses now',
    async (hook) => {
      const { plugin, current } = changing(hook);
      await using server = await startServer({ plugin });
      const bob = await server.joins('bob');
      const alice = await joins(server, 'alice');
      alice.says(MESSAGE);
      const { facts } = (await alice.sees({ type: 'answer', text: 'sent:ghost' })) as { facts: object };
      current.handler = () => refuse('quiet');
      alice.says(RETRY);
      await alice.sees({ type: 'answer', text: 'sent:ghost', facts });
      alice.says({ ...RETRY, key: 'other' });
      await alice.sees({ type: 'error', reason: 'quiet' });
      await bob.hears('alice', 'hello');
      await bob.seesNothing();
    },
  );

  test('gets the first answer, though the config has lower limits now', async () => {
    await using server = await startServer();
    const bob = await server.joins('bob');
    const alice = await joins(server, 'alice');
    const everyone = { ...MESSAGE, to: 'everyone' as const, key: 'b' };
    alice.says(MESSAGE);
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    alice.says(everyone);
    await alice.sees({ type: 'answer', text: 'sent:' });
    await server.reload({ message: { maxLength: 1, maxRecipients: 1 }, broadcast: { maxLength: 1 } });
    alice.says(RETRY);
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    alice.says({ ...everyone, again: true });
    await alice.sees({ type: 'answer', text: 'sent:' });
    await bob.hears('alice', 'hello');
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });

  test('gets the first answer, though its first word is a command now', async () => {
    await using server = await startServer();
    const bob = await server.joins('bob');
    const alice = await joins(server, 'alice');
    alice.says({ ...MESSAGE, unlessCommand: 'hello' });
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    const hello = defineCommand({ name: 'hello', summary: 'Greets', run: () => 'hello' });
    await server.reload({ hello });
    alice.says({ ...RETRY, unlessCommand: 'hello' });
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    alice.says({ ...RETRY, key: 'other', unlessCommand: 'hello' });
    await alice.sees({ type: 'error', reason: 'is-command' });
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });

  test('gets the first answer, though the inbox is full now and the unknown name is registered', async () => {
    await using server = await startServer({ 'offline-messages': { maxQueuedPerSender: 1 } });
    await server.registers('bob');
    const alice = await joins(server, 'alice');
    alice.says(MESSAGE);
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    await server.registers('ghost');
    alice.says({ ...MESSAGE, to: ['bob'], key: 'more' });
    await alice.sees({ type: 'error', reason: 'full' });
    alice.says(RETRY);
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    const ghost = await server.returns('ghost');
    await ghost.seesNothing();
  });
});

describe('a retry during the first copy', () => {
  test('behind a slow handler, arrives once and gets the first answer', async () => {
    const { plugin, current } = changing('onMessage');
    await using server = await startServer({ plugin });
    const bob = await server.joins('bob');
    const alice = await joins(server, 'alice');
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
    current.handler = () => {
      current.handler = () => undefined;
      begun.resolve();
      return go.promise;
    };
    alice.says(MESSAGE);
    await begun.promise;
    await alice.closes();
    const again = server.connectJson();
    await again.logsIn('alice', PASSWORD);
    again.says(RETRY);
    // Gives it time to overtake the first copy, if it could.
    for (let i = 0; i < 10; i++) await bob.seesNothing();
    go.resolve(undefined);
    await again.sees({ type: 'answer', text: 'sent:ghost' });
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });

  test('that is refused, is a message like any other', async () => {
    const { plugin, current } = changing('onMessage');
    await using server = await startServer({ plugin });
    const bob = await server.joins('bob');
    const alice = await joins(server, 'alice');
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<ReturnType<typeof refuse>>()];
    current.handler = () => {
      current.handler = () => undefined;
      begun.resolve();
      return go.promise;
    };
    alice.says(MESSAGE);
    await begun.promise;
    alice.says(RETRY);
    go.resolve(refuse('quiet'));
    await alice.sees({ type: 'error', reason: 'quiet' });
    await alice.sees({ type: 'answer', text: 'sent:ghost' });
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });
});
