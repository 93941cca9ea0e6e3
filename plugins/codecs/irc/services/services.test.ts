import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = {
  irc: { name: 'irc.example', network: 'Example', everyone: '' },
  guests: { rooms: 'create', mark: false },
};

const NEW = 'correct horse battery';

/** What a service said to a nick. */
const said = (lines: readonly string[]) => lines.map((line) => line.replace(/^:(\w+)!\S+ NOTICE \w+ :?/, '$1: '));

test('a guest registers the nick, by REGISTER or NickServ, and those in its channels are told', async () => {
  await using server = await startServer(IRC);
  const gil = await IrcClient.logIn(server, { nick: 'gil', capabilities: ['draft/account-registration'] });
  const kim = await IrcClient.logIn(server, { nick: 'kim', capabilities: ['account-notify'] });
  await gil.asks('JOIN #lab');
  await kim.asks('JOIN #lab');
  await gil.asks();
  expect(await gil.asks('REGISTER other * secret', 'REGISTER * * gil', 'VERIFY gil 123', 'AUTHENTICATE PLAIN')).toEqual(
    [
      expect.stringMatching(/^:irc\.example FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK other /),
      expect.stringMatching(/^:irc\.example FAIL REGISTER WEAK_PASSWORD gil /),
      expect.stringMatching(/^:irc\.example FAIL VERIFY INVALID_CODE gil /),
      expect.stringMatching(/^:irc\.example 462 gil :/),
    ],
  );
  expect(await gil.asks(`REGISTER * * ${PASSWORD}`)).toEqual([
    ':irc.example REGISTER SUCCESS gil :You are registered.',
    ':irc.example 900 gil gil!gil@irc.example gil :You are now logged in as gil',
  ]);
  expect(await kim.asks()).toEqual([':gil!gil@irc.example ACCOUNT gil']);
  expect(await gil.asks(`REGISTER other * ${PASSWORD}`, 'VERIFY gil 123', 'AUTHENTICATE PLAIN')).toEqual([
    expect.stringMatching(/^:irc\.example FAIL REGISTER ALREADY_AUTHENTICATED gil /),
    expect.stringMatching(/^:irc\.example FAIL VERIFY ALREADY_AUTHENTICATED gil /),
    expect.stringMatching(/^:irc\.example 907 gil :/),
  ]);
  expect(said(await kim.asks(`PRIVMSG NickServ :REGISTER ${PASSWORD}`))[0]).toBe(
    'NickServ: kim is registered, with the password that you gave.',
  );
  for (const client of [gil, kim]) client.hangsUp();
  await IrcClient.logIn(server, { nick: 'kim', password: PASSWORD });
});

test('NickServ changes passwords, and explains what is done otherwise', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const gil = await IrcClient.logIn(server, { nick: 'gil' });
  expect(said(await alice.asks('NS SET PASSWORD wrong longer-than-that', `NS SET PASSWORD ${PASSWORD} alice`))).toEqual(
    [expect.stringMatching(/^NickServ: /), expect.stringMatching(/^NickServ: That password cannot be used/)],
  );
  expect(said(await alice.asks(`NS SET PASSWORD ${PASSWORD} ${NEW.replaceAll(' ', '-')}`))).toEqual([
    'NickServ: Your password was changed.',
  ]);
  expect(
    said(await gil.asks('PRIVMSG nickserv :identify x', 'NS INFO', 'NS INFO alice', 'NS DANCE', 'NS SET')),
  ).toEqual([
    'NickServ: Log in when you connect: with SASL, or with your password as that of the server (PASS).',
    'NickServ: gil is not registered.',
    expect.stringMatching(/^NickServ: alice is registered since 20/),
    'NickServ: There is no command DANCE. Ask for HELP.',
    'NickServ: Usage: SET PASSWORD <old> <new>',
  ]);
  expect(await gil.asks('NOTICE NickServ :HELP')).toEqual([]);
  alice.hangsUp();
  await IrcClient.logIn(server, { nick: 'alice', password: NEW.replaceAll(' ', '-') });
});

test('ChanServ gives roles, keeps people out and describes channels, by the rights that people have', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = [await IrcClient.joins(server, 'alice'), await IrcClient.joins(server, 'bob')];
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.asks();
  const asked = async (client: IrcClient, line: string) =>
    said(await client.asks(line)).filter((text) => text.startsWith('ChanServ'));
  expect(await asked(bob, 'CS OP #lab')).toEqual([expect.stringMatching(/^ChanServ: /)]);
  expect(await asked(alice, 'PRIVMSG ChanServ :OP #lab bob')).toEqual([
    'ChanServ: bob has the role moderator in #lab.',
  ]);
  expect((await asked(bob, 'CS INFO #lab'))[0]).toMatch(/^ChanServ: #lab access:public .* role:moderator/);
  expect(await asked(alice, 'CS REGISTER #lab')).toEqual(['ChanServ: You own #lab now.']);
  expect(await asked(alice, 'CS DEOP #lab bob')).toEqual(['ChanServ: bob has the role member in #lab.']);
  expect(await asked(alice, 'CS BAN #lab bob')).toEqual(['ChanServ: Banned.']);
  expect(await bob.asks('JOIN #lab')).toContainEqual(expect.stringMatching(/ 474 bob #lab /));
  expect(await asked(alice, 'CS INFO #attic')).toEqual([expect.stringMatching(/^ChanServ: There is no room/)]);
});

test('nobody has the name of a service', async () => {
  await using server = await startServer(IRC);
  const client = IrcClient.connect(server);
  client.says('NICK NickServ');
  client.says('USER x 0 * :x');
  expect(await client.reads(/ 43[23] /)).toMatch(/^:irc\.example 432 /);
  const gil = await IrcClient.logIn(server, { nick: 'gil' });
  expect(await gil.asks('NICK chanserv')).toEqual([expect.stringMatching(/^:irc\.example 433 gil chanserv /)]);
});
