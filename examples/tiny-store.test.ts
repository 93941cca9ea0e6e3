import { startServer } from 'chatserv/testing';
import { storeContract } from 'chatserv/testing/contracts';
import { test } from 'vitest';
import remember from './remember.ts';
import tinyStore, { openStore } from './tiny-store.ts';

storeContract('tiny-store', async () => ({ ...openStore(Date.now), close: async () => {} }));

test('tiny-store: offline messages and plugin data survive a reload', async () => {
  await using server = await startServer({ memory: false, tinyStore, remember });
  await server.registers('bob');
  const alice = await server.joins('alice');
  await alice.says('message bob hi', 'remember tea no sugar');
  await alice.seesInOrder('sent:', 'remembered:');
  await server.reload({ tinyStore });
  const bob = await server.returns('bob');
  await bob.hears('alice', 'hi');
  await bob.says('message alice hello');
  await bob.sees('sent:');
  await alice.hears('bob', 'hello');
  await alice.says('recall tea');
  await alice.sees('no sugar');
});
