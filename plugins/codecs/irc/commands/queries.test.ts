import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = {
  irc: {
    name: 'irc.example',
    network: 'Example',
    everyone: '',
    admin: ['Example town', 'ada@irc.example'],
    motd: ['Tea at four.'],
  },
};

test('WHO lists a channel, a user or those whom a mask covers', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = [await IrcClient.joins(server, 'alice'), await IrcClient.joins(server, 'bob')];
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await server.joins('carol');
  expect(await bob.asks('WHO #LAB')).toEqual([
    ':irc.example 352 bob #lab alice irc.example irc.example alice H@ :0 The real alice',
    ':irc.example 352 bob #lab bob irc.example irc.example bob H :0 The real bob',
    ':irc.example 315 bob #LAB :End of /WHO list',
  ]);
  expect(await bob.asks('WHO CAROL')).toEqual([
    ':irc.example 352 bob * carol irc.example irc.example carol H :0 carol',
    ':irc.example 315 bob CAROL :End of /WHO list',
  ]);
  expect((await bob.asks('WHO *o*')).map((line) => line.split(' ')[7])).toEqual(['bob', 'carol', 'list']);
  expect((await bob.asks('WHO *REAL?ALICE')).length).toBe(2);
  // Whoever may join a channel may see who is there.
  const [dora, eve] = [await IrcClient.joins(server, 'dora'), await IrcClient.joins(server, 'eve')];
  await dora.asks('JOIN #dock', 'MODE dora +B');
  await eve.asks('JOIN #dock', 'MODE eve +i');
  expect(await bob.asks('WHO #dock')).toEqual([
    ':irc.example 352 bob #dock dora irc.example irc.example dora H@B :0 The real dora',
    ':irc.example 315 bob #dock :End of /WHO list',
  ]);
  await dora.asks('MODE #dock +s');
  expect(await bob.asks('WHO #dock')).toEqual([':irc.example 315 bob #dock :End of /WHO list']);
  expect(await bob.asks('WHO nobody', 'WHO #attic')).toEqual([
    ':irc.example 315 bob nobody :End of /WHO list',
    ':irc.example 315 bob #attic :End of /WHO list',
  ]);
});

test('WHO answers the fields that it is asked for, in their order', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  await alice.asks('JOIN #lab');
  expect(await alice.asks('WHO #lab %raflnct,7')).toEqual([
    ':irc.example 354 alice 7 #lab alice H@ 0 alice :The real alice',
    ':irc.example 315 alice #lab :End of /WHO list',
  ]);
  expect(await alice.asks('WHO alice %iduhso')).toEqual([
    ':irc.example 354 alice alice 255.255.255.255 irc.example irc.example 0 n/a',
    ':irc.example 315 alice alice :End of /WHO list',
  ]);
});

test('WHOIS describes who is online, with the channels that the client could be in', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = [await IrcClient.joins(server, 'alice'), await IrcClient.joins(server, 'bob')];
  await alice.asks('JOIN #lab', 'JOIN #attic', 'JOIN #hall');
  const carol = await server.joins('carol');
  for (const room of ['#cellar', '#attic']) await carol.asks(`create ${room}`);
  await bob.asks('JOIN #lab');
  const [user, channels, at, account, idle, ...end] = await bob.asks('WHOIS ALICE');
  expect([user, channels, at, account, ...end]).toEqual([
    ':irc.example 311 bob alice alice irc.example * :The real alice',
    ':irc.example 319 bob alice :@#lab @#attic @#hall',
    ':irc.example 312 bob alice irc.example Example',
    ':irc.example 330 bob alice alice :is logged in as',
    ':irc.example 318 bob alice :End of /WHOIS list',
  ]);
  expect(idle).toMatch(/^:irc\.example 317 bob alice \d+ \d{9,} :seconds idle, signon time$/);
  expect((await bob.asks('WHOIS irc.example carol')).map((line) => line.split(' ')[1])).toEqual([
    '311',
    '319',
    '312',
    '330',
    '317',
    '318',
  ]);
  expect(await bob.asks('WHOIS nobody', 'WHOIS other.example alice', 'WHOIS')).toEqual([
    ':irc.example 401 bob nobody :No such nick/channel',
    ':irc.example 318 bob nobody :End of /WHOIS list',
    ':irc.example 402 bob other.example :No such server',
    ':irc.example 431 bob :No nickname given',
  ]);
});

test('USERHOST and ISON tell who is online', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  await server.joins('carol');
  expect(await alice.asks('USERHOST carol nobody ALICE', 'ISON carol nobody Alice')).toEqual([
    ':irc.example 302 alice :carol=+carol@irc.example alice=+alice@irc.example',
    ':irc.example 303 alice :carol alice',
  ]);
});

test('LUSERS counts users, connections and channels, and remembers the most', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob');
  bob.says('QUIT');
  await bob.ends();
  const stranger = IrcClient.connect(server);
  stranger.says('NICK carol');
  expect(await alice.asks('JOIN #lab', 'LUSERS')).toEqual(
    expect.arrayContaining([
      ':irc.example 251 alice :There are 1 users and 0 invisible on 1 servers',
      ':irc.example 252 alice 0 :operator(s) online',
      ':irc.example 253 alice 1 :unknown connection(s)',
      ':irc.example 254 alice 1 :channels formed',
      ':irc.example 255 alice :I have 1 clients and 0 servers',
      ':irc.example 265 alice 1 2 :Current local users 1, max 2',
      ':irc.example 266 alice 1 2 :Current global users 1, max 2',
    ]),
  );
});

test('the server describes itself', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  expect(await alice.asks('MOTD', 'ADMIN irc.*', 'TIME alice', 'INFO other.example', 'LINKS')).toEqual([
    ':irc.example 375 alice :- irc.example Message of the day - ',
    ':irc.example 372 alice :- Tea at four.',
    ':irc.example 376 alice :End of /MOTD command.',
    ':irc.example 256 alice irc.example :Administrative info',
    ':irc.example 257 alice :Example town',
    ':irc.example 258 alice ada@irc.example',
    `:irc.example 391 alice irc.example :${new Date(server.clock.now()).toUTCString()}`,
    ':irc.example 402 alice other.example :No such server',
    ':irc.example 365 alice * :End of /LINKS list',
  ]);
  const version = await alice.asks('VERSION');
  expect(version[0]).toMatch(/^:irc\.example 351 alice chatserv irc\.example :/);
  expect(version[1]).toMatch(/ 005 alice .*PREFIX=/);
  expect((await alice.asks('INFO')).at(-1)).toBe(':irc.example 374 alice :End of /INFO list');
  server.clock.advance(61);
  expect(await alice.asks('STATS u', 'STATS')).toEqual([
    ':irc.example 242 alice :Server Up 0 days 00:01:01',
    ':irc.example 219 alice u :End of /STATS report',
    ':irc.example 219 alice * :End of /STATS report',
  ]);
});

test('HELP lists the commands and explains each', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  expect(await alice.asks('HELP ison', 'HELPOP nothing')).toEqual([
    ':irc.example 704 alice ISON :ISON <nick> {<nick>}',
    ':irc.example 705 alice ISON :Says which of these users are online.',
    ':irc.example 706 alice ISON :End of /HELP',
    ':irc.example 524 alice NOTHING :There is no help on that',
  ]);
  const all = (await alice.asks('HELP')).join(' ');
  for (const command of all.match(/\b[A-Z]{3,}\b/g) ?? []) {
    if (all.includes(` ${command} `)) expect((await alice.asks(`HELP ${command}`)).length).toBeGreaterThan(0);
  }
});
