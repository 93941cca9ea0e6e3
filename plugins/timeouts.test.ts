import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

const plugins = { timeouts: { login: 60, idle: 300 } };

test('who does not log in for long is closed, whatever trickles in', async () => {
  await using server = await startServer(plugins);
  const alice = server.connect('alice');
  await alice.says('alice');
  await alice.sees('register');
  server.clock.advance(59);
  await alice.says('y');
  await alice.sees('password');
  server.clock.advance(1);
  await alice.sees('timeout');
  await alice.isClosed();
  expect(server.limitHits).toEqual({ 'login-time': 1 });
});

test('who logs in meanwhile is not', async () => {
  await using server = await startServer(plugins);
  const alice = await server.joins('alice');
  server.clock.advance(120);
  await alice.seesNothing();
});

test('who says nothing for long is closed, and every line counts as saying something', async () => {
  await using server = await startServer(plugins);
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  server.clock.advance(299);
  await alice.seesNothing();
  server.clock.advance(1);
  await bob.sees('timeout');
  await bob.isClosed();
  expect(server.limitHits).toEqual({ 'idle-time': 1 });
  await alice.seesNothing();
  server.clock.advance(299);
  await alice.seesNothing();
  server.clock.advance(300);
  await alice.sees('timeout');
});

test('those whose time ends within a tenth of a second are closed together', async () => {
  await using server = await startServer(plugins);
  for (let count = 0; count < 5; count++) {
    server.connect(`attacker ${count}`);
    server.clock.advance(0.01);
  }
  server.clock.advance(59.95);
  expect(server.limitHits).toEqual({ 'login-time': 1 });
  server.clock.advance(0.09);
  expect(server.limitHits).toEqual({ 'login-time': 1 });
  server.clock.advance(0.01);
  expect(server.limitHits).toEqual({ 'login-time': 5 });
});

test('being sent messages is not saying something', async () => {
  await using server = await startServer(plugins);
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  server.clock.advance(200);
  await alice.says('message bob are you there?');
  await alice.sees('sent:');
  await bob.hears('alice', 'are you there?');
  server.clock.advance(100);
  await bob.sees('timeout');
});
