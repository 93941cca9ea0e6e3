import { test } from 'node:test';
import { withOptions } from 'chatserv';
import { startServer } from 'chatserv/testing';
import plugin from './plugin.ts';

test('it says something nice, as often as it may', async () => {
  await using server = await startServer({ plugin: withOptions(plugin, { most: 3 }) });
  const alice = await server.joins('alice');
  await alice.says('example', 'example 3', 'example 4');
  await alice.seesInOrder('well done, alice!', 'well done, alice!!!', 'error:args:example');
});
