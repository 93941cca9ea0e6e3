import { definePlugin, type MessageDraft, refuse } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

type Result = Promise<ReturnType<typeof refuse> | undefined>;

/** A plugin with a handler in a phase of onMessage. */
function handling(
  name: string,
  phase: 'guard' | 'transform',
  entry: { readonly order?: 'pre' | 'post'; handler(message: MessageDraft): Result },
) {
  return definePlugin({
    name,
    summary: 'Handles messages',
    setup: () => ({ hooks: { onMessage: { [phase]: entry } } }),
  });
}

async function three(server: TestServer) {
  return [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')] as const;
}

describe.each(['aa', 'offline-message', 'zz'])('whatever a plugin is called: %s', (name) => {
  test.each(['pre', undefined, 'post'] as const)('what it rewrites is kept and delivered, at %s', async (order) => {
    const handler = async (message: MessageDraft) => {
      message.text = message.text.toUpperCase();
      return undefined;
    };
    await using server = await startServer({
      [name]: handling(name, 'transform', { ...(order && { order }), handler }),
    });
    await server.registers('dave');
    const [alice, bob] = await three(server);
    await alice.says('message (bob dave ghost) as it is', 'broadcast to all');
    await alice.seesInOrder('sent:ghost', 'sent:');
    for (const client of [bob, await server.returns('dave')]) {
      await client.hears('alice', 'AS IT IS');
      await client.hears('alice', 'TO ALL');
    }
  });

  test.each(['pre', undefined, 'post'] as const)('what it refuses is nowhere, at %s', async (order) => {
    const handler = async ({ text }: MessageDraft) => (text.includes('darn') ? refuse('word') : undefined);
    await using server = await startServer({ [name]: handling(name, 'guard', { ...(order && { order }), handler }) });
    await server.registers('dave');
    const [alice, bob] = await three(server);
    await alice.says('message (bob dave) darn', 'message (bob dave) well');
    await alice.seesInOrder('error:word:message', 'sent:');
    for (const client of [bob, await server.returns('dave')]) {
      await client.hears('alice', 'well');
      await client.seesNothing();
    }
  });

  test('delays only the sender if it is slow', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const handler = ({ text }: MessageDraft): Result => (text === 'slow' ? promise : Promise.resolve(undefined));
    await using server = await startServer({ [name]: handling(name, 'transform', { order: 'post', handler }) });
    const [alice, bob, carol] = await three(server);
    await alice.says('message bob slow');
    expect(await carol.asks('message bob other')).toBe('sent:');
    await bob.hears('carol', 'other');
    resolve(undefined);
    await alice.sees('sent:');
    await bob.hears('alice', 'slow');
  });
});

test('a transform at post sees all recipients, also those offline', async () => {
  const seen: string[] = [];
  const handler = async ({ audience }: MessageDraft) => {
    if (!('group' in audience))
      seen.push(audience.accounts.map(({ name }) => name).join(' '), audience.unresolved.join(' '));
    return undefined;
  };
  await using server = await startServer({ aa: handling('aa', 'transform', { order: 'post', handler }) });
  await server.registers('dave');
  const [alice] = await three(server);
  expect(await alice.asks('message (bob dave ghost) hi')).toBe('sent:ghost');
  expect(seen).toEqual(['bob dave', 'ghost']);
});

describe('an observer of messages', () => {
  test.each<Record<string, boolean>>([{}, { 'offline-messages': false }])(
    'tells what was said, as it reached people, and holds up nothing: %j',
    async (plugins) => {
      const said: string[] = [];
      const watcher = definePlugin({
        name: 'watcher',
        summary: 'Watches, slowly and badly',
        setup: () => ({
          hooks: {
            onMessage: {
              guard: ({ text }) => (text === 'no' ? refuse('word') : undefined),
              transform(message) {
                message.text += '!';
                return undefined;
              },
              observe(message) {
                said.push(`${message.from.name}: ${message.text}`);
                (message as { text: string }).text = 'rewritten';
                if (message.text === 'two') throw new Error('on purpose');
                return new Promise(() => {});
              },
            },
          },
        }),
      });
      await using server = await startServer({ watcher, ...plugins });
      const [alice, bob] = await three(server);
      await alice.says('message bob one', 'message bob two', 'message bob no', 'broadcast three');
      await alice.seesInOrder('sent:', 'sent:', 'error:word:message', 'sent:');
      for (const text of ['one!', 'two!', 'three!']) await bob.hears('alice', text);
      expect(said).toEqual(['alice: one!', 'alice: two!', 'alice: three!']);
    },
  );
});
