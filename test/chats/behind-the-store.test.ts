import { definePlugin, type MessageDraft, refuse } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** Runs after `offline-messages` has given the message its place in the log. */
function behindTheStore(handler: (message: MessageDraft) => Promise<ReturnType<typeof refuse> | undefined>) {
  return definePlugin({
    name: 'zz-behind',
    summary: 'Runs after the message is kept',
    setup: () => ({ hooks: { onMessage: { order: 'post', handler } } }),
  });
}

test('a slow handler behind the store holds up neither its message nor any other', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const plugin = behindTheStore(({ text }) => (text.startsWith('slow') ? promise : Promise.resolve(undefined)));
  await using server = await startServer({ plugin });
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  await alice.says('message bob slow', 'broadcast slower', 'message bob fast');
  await alice.seesInOrder('sent:', 'sent:', 'sent:');
  await carol.hears('alice', 'slower');
  expect(await carol.asks('message bob other')).toBe('sent:');
  for (const text of ['slow', 'slower', 'fast']) await bob.hears('alice', text);
  await bob.hears('carol', 'other');
  resolve(undefined);
  await bob.seesNothing();
});

test('what is kept is delivered as it was kept: a handler behind the store neither rewrites nor refuses it', async () => {
  const plugin = behindTheStore(async (message) => {
    message.text = 'rewritten';
    if (!('group' in message.audience)) message.audience.accounts.length = 0;
    return refuse('late');
  });
  await using server = await startServer({ plugin });
  await server.registers('carol');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message (bob carol ghost) as it is', 'broadcast to all');
  await alice.seesInOrder('sent:ghost', 'sent:');
  const carol = await server.returns('carol');
  for (const client of [bob, carol]) {
    await client.hears('alice', 'as it is');
    await client.hears('alice', 'to all');
  }
});
