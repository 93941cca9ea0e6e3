import { startServer } from 'chatserv/testing';
import { storeContract } from 'chatserv/testing/contracts';
import { test } from 'vitest';
import plugin, { openStore } from './plugin.ts';

storeContract('example', async () => ({ ...openStore(Date.now), close: async () => {} }));

test('what was said to who was away waits', async () => {
  await using server = await startServer({ memory: false, plugin });
  await server.registers('bob');
  const alice = await server.joins('alice');
  await alice.says('message bob hi');
  await alice.sees('sent:');
  await server.reload({ plugin });
  const bob = await server.returns('bob');
  await bob.hears('alice', 'hi');
});
