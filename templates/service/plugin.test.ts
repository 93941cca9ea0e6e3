import { test } from 'node:test';
import { defineCommand } from 'chatserv';
import { startServer } from 'chatserv/testing';
import plugin, { Logins } from './plugin.ts';

/** A plugin that uses the service. */
const command = defineCommand({
  name: 'logins',
  summary: 'Tells how often you have logged in',
  needs: { logins: Logins },
  run: ({ account }, { logins }) => String(logins.of(account.name)),
});

test('it counts the logins of each user', async () => {
  await using server = await startServer({ plugin, command });
  const first = await server.joins('alice');
  await first.logsOut();
  const alice = await server.returns('alice');
  const bob = await server.joins('bob');
  await alice.says('logins');
  await alice.sees('2');
  await bob.says('logins');
  await bob.sees('1');
});
