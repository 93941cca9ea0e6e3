import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../test/support/altered-memory.ts';

test('whoelse and who name those who are online', async () => {
  await using server = await startServer();
  const alice = await server.joins('Alice');
  await alice.says('whoelse', 'who');
  await alice.seesInOrder('', 'Alice');
  const bob = await server.joins('bob');
  await bob.says('whoelse', 'who');
  await bob.seesInOrder('Alice', 'Alice bob');
});

test('wholast names who was online within the last minutes', async () => {
  await using server = await startServer({ timeouts: false });
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  await bob.logsOut();
  await alice.asksUntil('who', 'alice');
  server.clock.advance(90);
  await alice.says('wholast 1', 'wholast 2', 'last 1.5', 'last 1.4');
  await alice.seesInOrder('alice', 'alice bob', 'alice bob', 'alice');
});

test('wholast stays correct when the clock is briefly ahead', async () => {
  await using server = await startServer({ timeouts: false });
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  server.clock.shift(400 * 86_400);
  await bob.logsOut();
  await alice.asksUntil('who', 'alice');
  expect(await alice.asks('wholast 1')).toBe('alice bob');
  server.clock.shift(-400 * 86_400);
  expect(await alice.asks('wholast 1')).toBe('alice bob');
  server.clock.advance(61);
  expect(await alice.asks('wholast 1')).toBe('alice');
});

test('a login does not wait for the store to record it', async () => {
  const noted = Promise.withResolvers<void>();
  const slow = alteredMemory(() => ({ accounts: { setSeen: () => noted.promise } }));
  await using server = await startServer({ memory: false, slow });
  const alice = await server.joins('alice');
  await alice.says('who');
  await alice.sees('alice');
  noted.resolve();
});

test('wholast names a limited number of users who have left, the latest ones', async () => {
  await using server = await startServer({ timeouts: false, wholast: { maxNames: 2 } });
  const alice = await server.joins('alice');
  for (const name of ['bob', 'carol', 'dave']) {
    const one = await server.joins(name);
    server.clock.advance(1);
    await one.logsOut();
    await alice.asksUntil('who', 'alice');
  }
  await alice.says('wholast 10');
  await alice.sees(/^alice (carol dave|dave carol)$/);
});

test.each(['wholast', 'wholast 0', 'wholast -1', 'wholast 1441', 'last x', 'wholast 1 2', 'wholast 1e3'])(
  '%s has wrong arguments',
  async (line) => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    await alice.says(line);
    await alice.sees(`error:args:${line.split(' ')[0]}`);
  },
);

test('broadcast goes to every other user, or only to those online, as configured', async () => {
  for (const to of ['everyone', 'online']) {
    await using server = await startServer({ broadcast: { to } });
    await server.registers('carol');
    const alice = await server.joins('alice');
    const bob = await server.joins('bob');
    await alice.says('broadcast  two blanks ');
    await alice.sees('sent:');
    await bob.hears('alice', ' two blanks ');
    await alice.seesNothing();
    const carol = await server.returns('carol');
    if (to === 'everyone') await carol.hears('alice', ' two blanks ');
    await carol.seesNothing();
  }
});

test.each(['broadcast', 'broadcast  ', 'message', 'message bob', 'message bob  ', 'message () hi', 'send (bob hi'])(
  '%j has wrong arguments',
  async (line) => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    await alice.says(line);
    await alice.sees(`error:args:${line.split(' ')[0]}`);
  },
);

test('message keeps the text as typed, except control characters', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const bob = await server.joins('bob');
  await alice.says('send bob  a  b\tc \u001b[31mred\u0007 ', 'message (bob bob BOB) (in) brackets');
  await alice.seesInOrder('sent:', 'sent:');
  await bob.hears('alice', ' a  b\tc [31mred ');
  await bob.hears('alice', '(in) brackets');
  await bob.seesNothing();
});

test('a message has limits of length and recipients', async () => {
  await using server = await startServer({ message: { length: 10, recipients: 2 }, broadcast: { maxLength: 10 } });
  const alice = await server.joins('alice');
  await alice.says('message bob 1234567890', 'message bob 12345678901', 'message (a b) hi', 'message (a b c) hi');
  await alice.seesInOrder('sent:bob', 'error:too-long:message', 'sent:a,b', 'error:too-many:message');
  await alice.says('broadcast 1234567890', 'broadcast 12345678901');
  await alice.seesInOrder('sent:', 'error:too-long:broadcast');
  expect(server.limitHits).toEqual({ recipients: 1, 'text-length': 2 });
});

test('help lists all commands, or explains one', async () => {
  await using server = await startServer({ wholast: false, rooms: false });
  const alice = await server.joins('alice');
  await alice.says('help');
  const names = [];
  for (let line = await alice.asks(); line !== 'end:help'; line = await alice.asks()) names.push(line.split(' ')[0]);
  expect(names).toEqual([
    'broadcast',
    'change-password',
    'contact-policy',
    'conversations',
    'delete',
    'delete-account',
    'devices',
    'edit',
    'export-me',
    'fetch',
    'help',
    'history',
    'ignore',
    'ignored',
    'invitation',
    'invitations',
    'logout',
    'me',
    'message',
    'notify',
    'react',
    'reactions',
    'read',
    'redeem',
    'reply',
    'report',
    'reports',
    'resolve',
    'revoke',
    'search',
    'unignore',
    'unreact',
    'unread',
    'watch',
    'who',
    'whoelse',
  ]);
  await alice.says('help send', 'help wholast');
  await alice.seesInOrder(/^message <user> <text>.* - Sends .*also: send/, 'end:help', 'error:args:help');
});

test.each([
  ['dance', 'error:command:dance'],
  ['Who', 'error:command:Who'],
  ['', 'error:command:'],
  [' who', 'error:command:'],
  [`${'x'.repeat(40)} y`, `error:command:${'x'.repeat(32)}`],
  ['a\u001bb\u0007', 'error:command:ab'],
  ['__proto__', 'error:command:__proto__'],
  ['constructor x', 'error:command:constructor'],
])('%j is not a command', async (line, answer) => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  await alice.says(line);
  await alice.sees(answer);
});

test('logout says goodbye and closes', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  await alice.says('logout', 'who');
  await alice.sees('goodbye');
  await alice.isClosed();
});

test('logout everywhere says goodbye, closes the other sessions and revokes tokens', async () => {
  await using server = await startServer({ 'single-session': false });
  await server.registers('alice', 'bob');
  const [here, there, program] = [await server.returns('alice'), await server.returns('alice'), server.connectJson()];
  const bob = await server.returns('bob');
  const token = await program.logsIn('alice', PASSWORD);
  await here.says('logout elsewhere', 'logout everywhere now', 'logout everywhere');
  await here.seesInOrder('error:device:logout', 'error:args:logout', 'goodbye');
  await here.isClosed();
  await there.sees('closing:signed-out');
  await program.sees({ type: 'closing', reason: 'signed-out' });
  expect(await bob.asks('who')).toBe('bob');
  const again = server.connectJson();
  again.says({ type: 'resume', token });
  await again.sees({ type: 'ask', because: 'expired' });
});

test('watch notifies a program of who comes and goes, and tells a person who is online', async () => {
  await using server = await startServer();
  const [alice, program] = [await server.joins('alice'), server.connectJson()];
  program.says({ type: 'register', name: 'bot', password: PASSWORD });
  await program.sees({ type: 'welcome' });
  await program.seesToken();
  program.says({ type: 'command', request: 1, name: 'watch', text: '' });
  await program.sees({ type: 'answer', request: 1, facts: { names: ['alice', 'bot'] } });
  const bob = await server.joins('bob');
  await alice.logsOut();
  server.clock.advance(1);
  await program.sees({ type: 'presence', came: ['bob'], left: ['alice'] });
  expect(await bob.asks('watch')).toBe('bot bob');
  await bob.seesNothing();
  await program.seesNothing();
});
