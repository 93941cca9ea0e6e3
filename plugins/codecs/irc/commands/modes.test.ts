import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { answer } from '../../../../test/support/answer.ts';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

/** What stands before what a user does. */
const by = (nick: string) => `:${nick}!${nick}@irc.example`;

/** Alice, who has opened a channel, and Bob, who is in it. */
async function inLab(server: TestServer): Promise<[IrcClient, IrcClient]> {
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob');
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.asks();
  return [alice, bob];
}

test('the modes of a channel are settings of its room', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const carol = await server.joins('carol');
  expect(await alice.asks('MODE #lab')).toEqual([
    ':irc.example 324 alice #lab +nt',
    ':irc.example 329 alice #lab 1767225600',
  ]);
  expect(await alice.asks('MODE #lab +imsl-t+k 5 sesame')).toEqual([`${by('alice')} MODE #lab +imsl-t+k 5 sesame`]);
  expect(await bob.asks()).toEqual([
    `${by('alice')} MODE #lab +i`,
    `${by('alice')} MODE #lab +m`,
    `${by('alice')} MODE #lab +s`,
    `${by('alice')} MODE #lab +l 5`,
    `${by('alice')} MODE #lab -t`,
    `${by('alice')} MODE #lab +k sesame`,
  ]);
  expect(await carol.asks('room #lab')).toBe('error:no-room:room');
  expect(await alice.asks('MODE #lab -is')).toEqual([`${by('alice')} MODE #lab -is`]);
  expect(await carol.asks('room #lab')).toBe(
    '#lab access:public posting:moderators slow:off members:2 role:none topics:members key:* limit:5',
  );
  // A plain line cannot go around the key.
  expect(await carol.asks('join #lab')).toBe('error:key:join');
  expect(await alice.asks('MODE #lab -lmk+t x', 'MODE #lab +t')).toEqual([`${by('alice')} MODE #lab -lmk+t *`]);
  expect(await carol.asks('join #lab')).toBe('joined:#lab');
  expect(await alice.asks('MODE #lab -nt', 'MODE #lab')).toEqual([
    `${by('carol')} JOIN #lab`,
    `${by('alice')} MODE #lab -nt`,
    ':irc.example 324 alice #lab +',
    ':irc.example 329 alice #lab 1767225600',
  ]);
});

test('what plain lines change is shown as a mode, or in a notice', async () => {
  await using server = await startServer(IRC);
  const [alice] = await inLab(server);
  const carol = await server.joins('carol');
  await alice.asks('MODE #lab +o bob');
  expect(await carol.asks('join #lab')).toBe('joined:#lab');
  expect(await alice.asks('MODE #lab +o carol')).toEqual([
    `${by('carol')} JOIN #lab`,
    `${by('alice')} MODE #lab +o carol`,
  ]);
  for (const line of ['room-access #lab private', 'room-role #lab bob speaker', 'room-slow #lab 30s']) {
    expect(await answer(carol, line)).toBe('done:');
  }
  expect(await answer(carol, 'room-ban #lab ev*')).toBe('done:');
  await answer(carol, 'room-kick #lab bob Please be kind.');
  expect(await alice.asks()).toEqual([
    `${by('carol')} MODE #lab +is`,
    `${by('carol')} MODE #lab -o+v bob bob`,
    ':irc.example NOTICE #lab :carol turned slow mode on: one message per 30s from each member',
    `${by('carol')} MODE #lab +b ev*!*@*`,
    `${by('carol')} KICK #lab bob :Please be kind.`,
  ]);
});

test.each([
  ['MODE #nowhere +o bob', [':irc.example 403 alice #nowhere :No such channel']],
  ['MODE #lab +o nobody', [':irc.example 401 alice nobody :No such nick/channel']],
  ['MODE #lab +o carol', [":irc.example 441 alice carol #lab :They aren't on that channel"]],
  ['MODE #lab +o', [':irc.example 461 alice MODE :Not enough parameters']],
  ['MODE #lab +l 0', [':irc.example 696 alice #lab l 0 :The limit is a number of members.']],
  ['MODE #lab +l abc', [':irc.example 696 alice #lab l abc :The limit is a number of members.']],
  ['MODE #lab +k :two words', [expect.stringMatching(/^:irc\.example 696 alice #lab k \* :/)]],
  ['MODE #lab +k', [':irc.example 696 alice #lab k * :That is no key.']],
  ['MODE #lab +z', [':irc.example 472 alice z :is not a mode of #lab']],
  ['MODE #lab +b *!*@irc.example', [expect.stringMatching(/^:irc\.example 696 alice #lab b \*!\*@irc\.example /)]],
  ['MODE #lab +nt-o+v bob alice', []],
  ['KICK #lab carol', [":irc.example 441 alice carol #lab :They aren't on that channel"]],
  ['KICK #lab nobody', [':irc.example 401 alice nobody :No such nick/channel']],
  ['INVITE bob #lab', [':irc.example 443 alice bob #lab :is already on channel']],
  ['INVITE bob', [':irc.example 461 alice INVITE :Not enough parameters']],
])('the answer to %s', async (line, answer) => {
  await using server = await startServer(IRC);
  const [alice] = await inLab(server);
  await server.registers('carol');
  expect(await alice.asks(line)).toEqual(answer);
});

test('a moderator who comes back is shown as operator, and a speaker with a voice', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const carol = await IrcClient.joins(server, 'carol');
  await carol.asks('JOIN #lab');
  await alice.asks('MODE #lab +ov bob carol');
  for (const client of [bob, carol]) {
    client.says('QUIT');
    await client.ends();
  }
  await alice.asks();
  for (const nick of ['bob', 'carol']) await IrcClient.logIn(server, { nick, password: PASSWORD });
  expect(await alice.asks()).toEqual([
    `${by('bob')} JOIN #lab`,
    ':irc.example MODE #lab +o bob',
    `${by('carol')} JOIN #lab`,
    ':irc.example MODE #lab +v carol',
  ]);
});

test('the owner of a channel makes operators, who are shown as such', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  await alice.asks('PRIVMSG ChanServ :REGISTER #lab');
  expect(await alice.asks('MODE #lab +o bob')).toEqual([`${by('alice')} MODE #lab +o bob`]);
  expect(await bob.asks('WHO #lab', 'WHOIS alice', 'NAMES #lab')).toEqual([
    `${by('alice')} MODE #lab +o bob`,
    ':irc.example 352 bob #lab alice irc.example irc.example alice H@ :0 The real alice',
    ':irc.example 352 bob #lab bob irc.example irc.example bob H@ :0 The real bob',
    ':irc.example 315 bob #lab :End of /WHO list',
    expect.stringMatching(/ 311 bob alice /),
    ':irc.example 319 bob alice @#lab',
    expect.stringMatching(/ 312 bob alice /),
    expect.stringMatching(/ 330 bob alice alice /),
    expect.stringMatching(/ 317 bob alice /),
    expect.stringMatching(/ 318 bob alice /),
    ':irc.example 353 bob = #lab :@alice @bob',
    ':irc.example 366 bob #lab :End of /NAMES list',
  ]);
  const refusal = ':irc.example 482 bob #lab :Only owners of #lab may give roles.';
  expect(await bob.asks('MODE #lab -o alice', 'MODE #lab +v alice', 'MODE #lab -o bob')).toEqual([refusal, refusal]);
  expect(await alice.asks('MODE #lab -o+v bob bob')).toEqual([`${by('alice')} MODE #lab -o+v bob bob`]);
  expect(await bob.asks()).toEqual([`${by('alice')} MODE #lab -o bob`, `${by('alice')} MODE #lab +v bob`]);
});

test('whoever is no operator is refused once, and changes nothing', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const refusal = expect.stringMatching(/^:irc\.example 482 bob #lab :/);
  expect(await bob.asks('MODE #lab +im-t+k sesame')).toEqual([refusal]);
  expect(await bob.asks('KICK #lab alice', 'RENAME #lab #den')).toEqual([refusal, refusal]);
  expect(await alice.asks()).toEqual([]);
});

test('lists of masks keep users out, and let them in', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const eve = await IrcClient.joins(server, 'eve');
  expect(await alice.asks('MODE #lab +b-b+b e*!*@* x!*@* M:*!*@*')).toEqual([
    `${by('alice')} MODE #lab +bb e*!*@* M:*!*@*`,
  ]);
  expect(await eve.asks('JOIN #lab')).toEqual([':irc.example 474 eve #lab :You are banned from #lab.']);
  // A mask without a nick is that of the only user whom it covers.
  expect(await alice.asks('MODE #lab +e *!eve@irc.example', 'MODE #lab e')).toEqual([
    `${by('alice')} MODE #lab +e eve!*@*`,
    ':irc.example 348 alice #lab eve!*@* alice 1767225600',
    ':irc.example 349 alice #lab :End of channel exception list',
  ]);
  expect((await eve.asks('JOIN #lab'))[0]).toBe(`${by('eve')} JOIN #lab`);
  expect(await alice.asks('MODE #lab -b E*!*@*', 'MODE #lab +I z*', 'MODE #lab +I')).toEqual([
    `${by('eve')} JOIN #lab`,
    `${by('alice')} MODE #lab -b e*!*@*`,
    `${by('alice')} MODE #lab +I z*!*@*`,
    ':irc.example 346 alice #lab z*!*@* alice 1767225600',
    ':irc.example 347 alice #lab :End of channel invite exception list',
  ]);
  // The ban of a user that a plain line made.
  const carol = await server.joins('carol');
  await answer(carol, 'join #lab');
  await alice.asks('MODE #lab +o carol');
  await answer(carol, 'room-ban #lab bob');
  expect((await bob.asks()).slice(-2)).toEqual([
    `${by('carol')} MODE #lab +b bob!*@*`,
    `${by('carol')} KICK #lab bob Banned`,
  ]);
  expect((await alice.asks('MODE #lab b')).filter((line) => line.includes(' 367 '))).toContain(
    ':irc.example 367 alice #lab bob!*@*',
  );
  expect(await alice.asks('MODE #lab -b bob!*@*')).toEqual([`${by('alice')} MODE #lab -b bob!*@*`]);
  expect((await bob.asks('JOIN #lab'))[0]).toBe(`${by('bob')} JOIN #lab`);
});

test('a muted mask lets in, and refuses messages until the member gets a voice', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  await alice.asks('MODE #lab +b m:b?b!*@*');
  await bob.asks();
  expect(await bob.asks('PRIVMSG #lab :hi')).toEqual([':irc.example 404 bob #lab :You are muted in #lab.']);
  expect(await alice.asks('MODE #lab +v bob')).toEqual([`${by('alice')} MODE #lab +v bob`]);
  expect(await bob.asks('PRIVMSG #lab :hi')).toEqual([`${by('alice')} MODE #lab +v bob`]);
  expect(await alice.asks('NAMES #lab')).toEqual([
    `${by('bob')} PRIVMSG #lab :hi`,
    ':irc.example 353 alice = #lab :@alice +bob',
    ':irc.example 366 alice #lab :End of /NAMES list',
  ]);
});

test('invitations are shown as INVITE, to the user and to moderators who ask for it', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const dora = await IrcClient.joins(server, 'dora', ['invite-notify']);
  await dora.asks('JOIN #lab');
  await alice.asks('MODE #lab +io dora');
  await dora.asks();
  const eve = await IrcClient.joins(server, 'eve');
  expect(await eve.asks('JOIN #lab')).toEqual([':irc.example 473 eve #lab :You need an invitation to join #lab.']);
  expect(await alice.asks('INVITE eve #lab')).toEqual([':irc.example 341 alice eve #lab']);
  expect(await eve.asks('INVITE')).toEqual([
    `${by('alice')} INVITE eve #lab`,
    ':irc.example 336 eve #lab',
    ':irc.example 337 eve :End of /INVITE list',
  ]);
  expect(await dora.asks()).toEqual([`${by('alice')} INVITE eve #lab`]);
  expect((await bob.asks()).join()).not.toContain('INVITE');
  expect((await eve.asks('JOIN #lab'))[0]).toBe(`${by('eve')} JOIN #lab`);
});

test('a channel is renamed, which clients without the capability see as PART and JOIN', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const carol = await IrcClient.joins(server, 'carol', ['draft/channel-rename', 'draft/no-implicit-names']);
  expect(await carol.asks('JOIN #lab')).toEqual([`${by('carol')} JOIN #lab`]);
  await alice.asks();
  await bob.asks();
  const names = [':irc.example 353 alice = #den :@alice bob carol', ':irc.example 366 alice #den :End of /NAMES list'];
  expect(await alice.asks('RENAME #lab #den :We moved')).toEqual([
    `${by('alice')} PART #lab :We moved`,
    `${by('alice')} JOIN #den`,
    ...names,
  ]);
  expect(await carol.asks()).toEqual([`${by('alice')} RENAME #lab #den :We moved`]);
  expect((await bob.asks()).slice(0, 2)).toEqual([`${by('bob')} PART #lab :We moved`, `${by('bob')} JOIN #den`]);
  await carol.asks('JOIN #other');
  expect(await alice.asks('RENAME #den #other')).toEqual([
    expect.stringMatching(/^:irc\.example FAIL RENAME CHANNEL_NAME_IN_USE #den #other :/),
  ]);
  expect(await alice.asks('RENAME #den den')).toEqual([
    expect.stringMatching(/^:irc\.example FAIL RENAME CANNOT_RENAME #den den :/),
  ]);
  // For clients that do not know that it can, it is the same name.
  await bob.asks();
  expect(await alice.asks('RENAME #den #Den')).toEqual([]);
  expect(await carol.asks()).toEqual([`${by('alice')} RENAME #den #Den :`]);
  expect(await bob.asks()).toEqual([]);
});

test('LIST filters by mask, by users and by times, and hides secret channels', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  server.clock.advance(180);
  // The server asks whether the client is there.
  await alice.asks();
  await bob.asks('JOIN #town,#den', 'MODE #den +s', 'TOPIC #town :Tea at four');
  const listed = async (condition: string) =>
    (await alice.asks(`LIST ${condition}`)).flatMap((line) => / 322 alice (#\S+) /.exec(line)?.[1] ?? []);
  expect(await alice.asks('LIST')).toEqual([
    ':irc.example 321 alice Channel :Users  Name',
    ':irc.example 322 alice #lab 2 :',
    ':irc.example 322 alice #town 1 :Tea at four',
    ':irc.example 323 alice :End of /LIST',
  ]);
  expect(await listed('#t*,#den')).toEqual(['#town']);
  expect(await listed('!#t*')).toEqual(['#lab']);
  expect(await listed('>1')).toEqual(['#lab']);
  expect(await listed('C<2')).toEqual(['#town']);
  expect(await listed('C>2')).toEqual(['#lab']);
  expect(await listed('C<0')).toEqual([]);
  expect(await listed('T<2')).toEqual(['#town']);
  expect(await listed('T>2')).toEqual([]);
});

test('JOIN takes keys for several channels, JOIN 0 leaves all, and a reason is passed on', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  await alice.asks('JOIN #den', 'MODE #den +k sesame', 'MODE #lab +k open');
  await bob.asks();
  expect(await bob.asks('PART #lab :see you', 'JOIN #den')).toEqual([
    `${by('bob')} PART #lab :see you`,
    ':irc.example 475 bob #den :Cannot join without the key of the channel (+k)',
  ]);
  expect(await alice.asks()).toEqual([`${by('bob')} PART #lab :see you`]);
  const joined = await bob.asks('JOIN #den,#lab sesame,open');
  expect(joined.filter((line) => line.includes('JOIN'))).toEqual([`${by('bob')} JOIN #den`, `${by('bob')} JOIN #lab`]);
  expect(await bob.asks('JOIN 0')).toEqual([`${by('bob')} PART #den`, `${by('bob')} PART #lab`]);
});

test('a message to @#lab reaches the moderators of the channel who are online, whatever they speak', async () => {
  await using server = await startServer(IRC);
  const [alice, bob] = await inLab(server);
  const carol = await server.joins('carol');
  await answer(carol, 'join #lab');
  const dora = await IrcClient.joins(server, 'dora');
  expect(await dora.asks('PRIVMSG @#lab :hi')).toEqual([":irc.example 442 dora #lab :You're not on that channel"]);
  await dora.asks('JOIN #lab');
  await alice.asks('MODE #lab +o carol');
  await bob.asks();
  await dora.asks();
  expect(await bob.asks('PRIVMSG @#lab :Please look at dora')).toEqual([]);
  await carol.sees(/ dora joined$/);
  await carol.sees(/ alice made carol a moderator$/);
  await carol.sees(/ #lab bob, to its moderators: Please look at dora$/);
  expect((await alice.asks()).at(-1)).toBe(`${by('bob')} PRIVMSG @#lab :Please look at dora`);
  expect(await dora.asks()).toEqual([]);
  expect(await alice.asks('NOTICE @#lab :Thank you')).toEqual([]);
  await carol.sees(/ #lab alice, to its moderators: Thank you$/);
});
