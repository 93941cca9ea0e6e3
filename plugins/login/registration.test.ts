import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('an unknown name can register, and then logs in like any other', async () => {
  await using server = await startServer();
  const alice = server.connect('alice');
  await alice.says('alice', 'y', PASSWORD, PASSWORD, 'ALICE', PASSWORD, 'who');
  await alice.seesInOrder('register', 'password', 'registered', 'password', 'welcome', 'alice');
});

test.each(['n', 'yes', 'Y', '', 'alice'])('%j is not a yes: the name is asked for again', async (answer) => {
  await using server = await startServer();
  const alice = server.connect('alice');
  await alice.says('alice', answer, 'alice');
  await alice.seesInOrder('register', 'username', 'register');
});

test('two different lines are asked for again, and so is a refused password, with the reason', async () => {
  await using server = await startServer();
  const alice = server.connect('alice');
  await alice.says('alice', 'y', PASSWORD, 'tea-at-five');
  await alice.seesInOrder('register', 'password', 'password');
  await alice.says('short', 'short');
  await alice.sees('password:too-short');
  await alice.says('x'.repeat(257), 'x'.repeat(257));
  await alice.sees('password:too-long');
  await alice.says(PASSWORD, PASSWORD);
  await alice.sees('registered');
});

test('if two register one name, the first to finish gets it', async () => {
  await using server = await startServer();
  const [one, two] = [server.connect('one'), server.connect('two')];
  await one.says('alice', 'y');
  await one.seesInOrder('register', 'password');
  await two.registers('Alice', 'tea-at-five');
  await one.says(PASSWORD, PASSWORD);
  await one.sees('username');
  await one.logsIn('alice', 'tea-at-five');
});

test('a name that looks like a registered one is refused, even if its registration began first', async () => {
  await using server = await startServer();
  const early = server.connect('early');
  await early.says('aIice', 'y');
  await early.seesInOrder('register', 'password');
  await server.registers('alice');
  await early.says(PASSWORD, PASSWORD, 'aIice');
  await early.seesInOrder('username', 'username');
});

test.each([
  ['', 'empty'],
  ['a b', 'characters'],
  ['x'.repeat(33), 'too-long'],
  ['toString', 'reserved'],
  ['аlice', 'mixed-scripts'],
  ['A1ICE', 'look-alike'],
])('a program is told that %j cannot be used because it is %s', async (name, reason) => {
  await using server = await startServer();
  await server.registers('alice');
  const client = server.connectJson();
  client.says({ type: 'register', name, password: PASSWORD });
  await client.sees({ type: 'ask', question: 'username', because: 'username', reason });
});

test.each(['a b', '', '__proto__', 'x'.repeat(33), 'a:b'])('%j is not offered registration', async (name) => {
  await using server = await startServer();
  const client = server.connect();
  await client.says(name);
  await client.sees('username');
});

test('without the plugin an unknown name is asked for again', async () => {
  await using server = await startServer({ registration: false });
  const alice = server.connect('alice');
  await alice.says('alice');
  await alice.sees('username');
});

test('registrations from one network are limited within a time', async () => {
  await using server = await startServer({ registration: { perNetwork: 2, time: 60 } });
  const first = server.connect('alice', '198.51.100.1');
  await first.registers('alice', PASSWORD);
  await first.registers('bob', PASSWORD);
  await first.says('carol');
  await first.sees('register');
  await first.says('y');
  await first.sees('blocked:30');
  await first.isClosed();
  expect(server.limitHits).toEqual({ 'registrations-per-network': 1 });
  const elsewhere = server.connect('carol', '198.51.100.2');
  await elsewhere.registers('carol', PASSWORD);
  server.clock.advance(30);
  const again = server.connect('dave', '198.51.100.1');
  await again.registers('dave', PASSWORD);
});

test('dialogues begun at the same time are limited, too', async () => {
  await using server = await startServer({ registration: { perNetwork: 2, time: 60 } });
  const answers = await Promise.all(
    ['alice', 'bob', 'carol', 'dave'].map(async (name) => {
      const client = server.connect(name, '198.51.100.1');
      await client.says(name, 'y', PASSWORD, PASSWORD);
      await client.seesInOrder('register', 'password');
      return client.asks();
    }),
  );
  expect(answers.toSorted()).toEqual(['blocked:30', 'blocked:30', 'registered', 'registered']);
});
