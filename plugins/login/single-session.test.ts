import { PASSWORD, startServer } from 'chatserv/testing';
import { test } from 'vitest';

test('who is online is told so, until the other connection ends', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const second = server.connect('alice again');
  await second.says('Alice');
  await second.sees('connected');
  await alice.logsOut();
  await second.logsIn('alice', PASSWORD);
});

test('of two connections that are both at the password the first one in is in', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const [one, two] = [server.connect('one'), server.connect('two')];
  for (const client of [one, two]) {
    await client.says('alice');
    await client.sees('password');
  }
  await one.says(PASSWORD);
  await one.sees('welcome');
  await two.says(PASSWORD);
  await two.sees('connected');
  await one.says('who');
  await one.sees('alice');
});

test('without the plugin a user may be connected twice, and hears on both', async () => {
  await using server = await startServer({ 'single-session': false });
  const alice = await server.joins('alice');
  const second = await server.returns('alice');
  const bob = await server.joins('bob');
  await bob.says('whoelse', 'message alice hi');
  await bob.seesInOrder('alice', 'sent:');
  await alice.hears('bob', 'hi');
  await second.hears('bob', 'hi');
  await alice.logsOut();
  await bob.says('whoelse');
  await bob.sees('alice');
});
