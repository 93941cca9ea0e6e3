import { test } from 'node:test';
import { withOptions } from 'chatserv';
import { startServer } from 'chatserv/testing';
import plugin from './plugin.ts';

test('it tidies messages, and refuses those that are too long', async () => {
  await using server = await startServer({ plugin: withOptions(plugin, { longest: 10 }) });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message bob   hello  ', 'message bob hello hello hello');
  await alice.seesInOrder('sent:', 'error:too-long:message');
  await bob.hears('alice', 'hello');
  await bob.seesNothing();
});
