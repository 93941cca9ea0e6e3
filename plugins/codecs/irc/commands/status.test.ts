import { Accounts, withOptions } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import bot from '../../../../examples/bot.ts';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = {
  irc: { name: 'irc.example', network: 'Example', everyone: '' },
  guests: { rooms: 'create', mark: false },
};

/** Lets a guest in. */
const enters = (server: TestServer, nick: string, capabilities: readonly string[] = []) =>
  IrcClient.logIn(server, { nick, capabilities });

test('a client is away and back, and those who write to it or share a channel are told', async () => {
  await using server = await startServer(IRC);
  const alice = await enters(server, 'alice', ['away-notify']);
  const bob = await enters(server, 'bob');
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.asks();
  expect(await bob.asks('AWAY :tea')).toEqual([':irc.example 306 bob :You have been marked as being away']);
  expect(await alice.asks('PRIVMSG bob :hi', 'NOTICE bob :hello')).toEqual([
    ':bob!bob@irc.example AWAY tea',
    ':irc.example 301 alice bob tea',
  ]);
  await bob.asks('AWAY');
  expect(await alice.asks('PRIVMSG bob :hi')).toEqual([':bob!bob@irc.example AWAY']);
});

test('a user is away where all clients are, and a client at which nobody is does not count', async () => {
  await using server = await startServer(IRC);
  const bob = await enters(server, 'bob', ['away-notify']);
  const desk = await IrcClient.joins(server, 'alice');
  await bob.asks('JOIN #lab');
  await desk.asks('JOIN #lab', 'AWAY :tea');
  await bob.asks();
  /** Connects in the background. */
  const connects = async (device: string) => {
    const client = IrcClient.connect(server);
    client.says('CAP REQ draft/pre-away');
    for (const line of [`PASS alice@${device}:${PASSWORD}`, 'NICK alice', 'USER alice 0 * :Alice', 'AWAY *'])
      client.says(line);
    expect(await client.reads(/ 30\d /)).toMatch(/ 306 alice /);
    client.says('CAP END');
    await client.reads(/ 422 /);
    return client;
  };
  const phone = await connects('phone');
  expect(await bob.asks()).toEqual([]);
  await phone.asks('AWAY');
  expect(await bob.asks()).toEqual([':alice!alice@irc.example AWAY']);
  phone.says('QUIT');
  await phone.ends();
  expect(await bob.asks()).toEqual([':alice!alice@irc.example AWAY tea']);
  desk.says('QUIT');
  await desk.ends();
  await bob.reads(/ QUIT /);
  await connects('phone');
  expect(await bob.asks('PRIVMSG alice :hi')).toEqual([
    ':alice!alice@irc.example JOIN #lab',
    ':alice!alice@irc.example AWAY Away',
    ':irc.example 301 bob alice Away',
  ]);
  const other = IrcClient.connect(server);
  for (const line of ['NICK gil', 'AWAY :tea']) other.says(line);
  expect(await other.reads(/ (306|451) /)).toMatch(/ 451 gil /);
});

test('a guest takes another nick, those in its channels are told, and a user has the name of the account', async () => {
  await using server = await startServer(IRC);
  const gil = await enters(server, 'gil', ['labeled-response']);
  const kim = await enters(server, 'kim');
  await gil.asks('JOIN #lab');
  await kim.asks('JOIN #lab', 'MONITOR + gilbert');
  await gil.asks();
  expect(await gil.asks('@label=x NICK gilbert')).toEqual(['@label=x :gil!gil@irc.example NICK gilbert']);
  expect(await kim.asks()).toEqual([
    ':irc.example 730 kim gilbert!gil@irc.example',
    ':gil!gil@irc.example NICK gilbert',
  ]);
  expect(await kim.asks('NAMES #lab')).toContain(':irc.example 353 kim = #lab :@gilbert kim');
  expect(await kim.asks('WHOWAS gil')).toContain(':irc.example 314 kim gil gil irc.example * :The real gil');
  expect(await kim.asks('NICK gilbert', 'NICK a:b')).toEqual([
    expect.stringMatching(/^:irc\.example 433 kim gilbert /),
    expect.stringMatching(/^:irc\.example 432 kim a:b /),
  ]);
  const alice = await IrcClient.joins(server, 'alice');
  expect(await alice.asks('NICK alicia')).toEqual([
    ':irc.example 902 alice alicia :Your nick is the name of your account.',
  ]);
});

test('the host renames a user, whose client goes on under the new nick', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await enters(server, 'bob');
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.asks();
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.rename((await accounts.find('alice'))?.id ?? 0, 'alicia');
  expect(await alice.asks('PRIVMSG bob :hi')).toEqual([':alice!alice@irc.example NICK alicia']);
  expect(await bob.asks()).toEqual([
    ':alice!alice@irc.example NICK alicia',
    ':alicia!alice@irc.example PRIVMSG bob :hi',
  ]);
});

test('MONITOR tells who comes and leaves, and has room for a hundred', async () => {
  await using server = await startServer(IRC);
  const alice = await enters(server, 'alice');
  expect(await alice.asks('MONITOR + alice,bob,*!a@b', 'MONITOR L')).toEqual([
    ':irc.example 731 alice *!a@b',
    ':irc.example 730 alice alice!alice@irc.example',
    ':irc.example 731 alice bob',
    ':irc.example 732 alice alice,bob',
    ':irc.example 733 alice :End of MONITOR list',
  ]);
  const bob = await enters(server, 'bob');
  expect(await alice.reads(/730/)).toBe(':irc.example 730 alice bob!bob@irc.example');
  bob.hangsUp();
  expect(await alice.reads(/731/)).toBe(':irc.example 731 alice bob');
  const many = Array.from({ length: 101 }, (_, i) => `n${i}`);
  expect((await alice.asks('MONITOR C', `MONITOR + ${many.join(',')}`)).at(0)).toBe(
    ':irc.example 734 alice 100 n100 :Your list is full',
  );
});

test('operators are those who know the password of a moderator, and few passwords are tried', async () => {
  await using server = await startServer({ ...IRC, lockout: false });
  await server.registers('boss', 'alice');
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.setRoles((await accounts.find('boss'))?.id ?? 0, ['moderator']);
  const [gil, kim] = [await enters(server, 'gil'), await enters(server, 'kim')];
  await kim.asks('MODE kim +w');
  const refused = [':irc.example 464 gil :Password incorrect'];
  expect(await gil.asks('KILL kim :bye')).toEqual([expect.stringMatching(/ 481 gil /)]);
  expect(await gil.asks(`OPER alice ${PASSWORD}`)).toEqual(refused);
  expect(await gil.asks('OPER boss wrong')).toEqual(refused);
  expect(await gil.asks(`OPER boss ${PASSWORD}`)).toEqual([
    ':irc.example 381 gil :You are now an operator',
    ':gil!gil@irc.example MODE gil +o',
  ]);
  expect(await gil.asks('WALLOPS :tea at four', 'KILL kim :bye')).toEqual([]);
  expect(await kim.ends()).toEqual([':gil!gil@irc.example WALLOPS :tea at four', 'ERROR :Closing link: kim (kicked)']);
  expect(await gil.asks('MODE gil -o', 'WALLOPS :again')).toEqual([
    ':gil!gil@irc.example MODE gil -o',
    expect.stringMatching(/ 481 gil /),
  ]);
  for (let i = 0; i < 5; i++) await gil.asks('OPER boss wrong');
  expect(await gil.asks(`OPER boss ${PASSWORD}`)).toEqual(refused);
  expect(server.limitHits['irc-oper']).toBeGreaterThan(0);
});

test('modes of users are shown and set, and messages of bots have a tag', async () => {
  await using server = await startServer({
    ...IRC,
    bot: withOptions(bot, { name: 'helper', answers: { open: 'at four' } }),
  });
  const [gil, kim] = [await enters(server, 'gil'), await enters(server, 'kim', ['message-tags'])];
  kim.says('PRIVMSG helper :open');
  expect(await kim.reads(/at four/)).toMatch(/^@(.*;)?bot[; ]/);
  expect(await gil.asks('MODE gil +Bi-w', 'MODE gil', 'MODE gil +oZ', 'MODE kim +i', 'MODE nobody +i')).toEqual([
    ':gil!gil@irc.example MODE gil +Bi',
    ':irc.example 221 gil +Bi',
    ':irc.example 501 gil :Unknown mode',
    ':irc.example 502 gil :You can see and change your own modes only',
    ':irc.example 401 gil nobody :No such nick/channel',
  ]);
  await gil.asks('PRIVMSG kim :beep');
  expect(await kim.reads(/beep/)).toMatch(/^@(.*;)?bot[; ]/);
});
