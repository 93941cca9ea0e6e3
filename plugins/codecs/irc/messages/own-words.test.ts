import { definePlugin } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { AuditedServer } from '../../../../test/support/audited-server.ts';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };
const AWARE = ['batch', 'draft/metadata-3', 'setname', 'away-notify'];

/** Alice and Bob are in #lab. */
async function town(server: TestServer) {
  const alice = await IrcClient.joins(server, 'alice', AWARE);
  const bob = await IrcClient.joins(server, 'bob', AWARE);
  await alice.asks('JOIN #lab', 'METADATA * SUB url');
  await bob.asks('JOIN #lab');
  await alice.asks();
  return { alice, bob };
}

test('a muted user says nothing by being away, a real name, metadata or leaving', async () => {
  await using audited = await AuditedServer.start(IRC);
  const { server } = audited;
  const { alice, bob } = await town(server);
  const mo = await audited.joinsAs('moderator', 'mo');
  expect(await mo.asks('mute bob')).toBe('done:');
  expect(await bob.asks('AWAY :psst', 'SETNAME :psst', 'METADATA * SET url psst')).toEqual([
    ':irc.example 400 bob AWAY :You are muted for now.',
    ':irc.example FAIL SETNAME CANNOT_CHANGE_REALNAME :You are muted for now.',
    ':irc.example FAIL METADATA KEY_NO_PERMISSION bob url :You are muted for now.',
  ]);
  expect(await alice.asks('WHOIS bob')).not.toContain('psst');
  expect(await bob.asks('PART #lab :psst')).toEqual([':bob!bob@irc.example PART #lab']);
  expect(await alice.asks()).toEqual([':bob!bob@irc.example PART #lab']);
  await bob.asks('JOIN #lab');
  bob.says('QUIT :psst');
  await bob.ends();
  await alice.reads(/^:bob!bob@irc\.example QUIT :Connection closed$/);
  const again = IrcClient.connect(server);
  again.says(`CAP REQ :sasl ${AWARE.join(' ')}`);
  again.says('METADATA * SET url psst');
  again.says('AUTHENTICATE PLAIN');
  again.says(`AUTHENTICATE ${Buffer.from(`\0bob\0${PASSWORD}`).toString('base64')}`);
  for (const line of ['NICK bob', 'USER bob 0 * :psst', 'CAP END']) again.says(line);
  await again.reads(/ (376|422) /);
  expect(await again.asks('WHOIS bob')).toContain(':irc.example 311 bob bob bob irc.example * bob');
  expect((await again.asks('METADATA * LIST')).slice(-2)).toEqual([
    ':irc.example BATCH +3 metadata bob',
    ':irc.example BATCH -3',
  ]);
});

test('a member who is muted in a channel leaves it without a word', async () => {
  await using server = await startServer(IRC);
  const { alice, bob } = await town(server);
  await alice.asks('MODE #lab +b m:bob!*@*');
  expect(await bob.asks('PART #lab :psst')).toContain(':bob!bob@irc.example PART #lab');
  expect(await alice.asks()).toEqual([':bob!bob@irc.example PART #lab']);
});

test('guests who may only read say nothing about themselves either', async () => {
  await using server = await startServer({ ...IRC, guests: { rooms: 'join', mark: false, write: false } });
  const gil = await IrcClient.logIn(server, { nick: 'gil', capabilities: AWARE });
  expect(await gil.asks('AWAY :psst', 'AWAY')).toEqual([
    ':irc.example 400 gil AWAY :Guests can only read here.',
    ':irc.example 305 gil :You are no longer marked as being away',
  ]);
});

test('whoever may not call the command message writes to nobody by other lines of IRC', async () => {
  const everyone = '&town';
  const guests = { rooms: 'join', mark: false, commands: ['who', 'broadcast'] };
  await using server = await startServer({ irc: { ...IRC.irc, everyone }, guests });
  const { alice } = await town(server);
  const gil = await IrcClient.logIn(server, { nick: 'gil', capabilities: [...AWARE, 'message-tags'] });
  await gil.asks('JOIN #lab');
  await alice.asks();
  const why = ':Guests cannot use /message: register a name first.';
  expect(
    await gil.asks(
      'PRIVMSG #lab :psst',
      'AWAY :psst',
      'SETNAME :psst',
      'METADATA * SET url psst',
      '@+typing=active TAGMSG #lab',
      'PRIVMSG alice :\x01PING psst\x01',
      'NOTICE alice :\x01PING psst\x01',
      'PRIVMSG @#lab :psst',
    ),
  ).toEqual([
    `:irc.example 404 gil #lab ${why}`,
    `:irc.example 400 gil AWAY ${why}`,
    `:irc.example FAIL SETNAME CANNOT_CHANGE_REALNAME ${why}`,
    `:irc.example FAIL METADATA KEY_NO_PERMISSION gil url ${why}`,
    `:irc.example 404 gil #lab ${why}`,
    `:irc.example 400 gil PRIVMSG alice ${why}`,
    `:irc.example 404 gil @#lab ${why}`,
  ]);
  expect(await gil.asks(`PRIVMSG ${everyone} :\x01PING x\x01`, 'AWAY', 'METADATA * CLEAR')).toEqual([
    expect.stringMatching(/ 305 gil /),
    expect.stringMatching(/ BATCH /),
    expect.stringMatching(/ BATCH /),
  ]);
  gil.says('PART #lab :psst');
  gil.says('QUIT :psst');
  await gil.ends();
  expect((await alice.asks()).filter((line) => !line.includes('BATCH'))).toEqual([
    `:gil!gil@irc.example PRIVMSG ${everyone} :\x01PING x\x01`,
    ':gil!gil@irc.example PART #lab',
    ':gil!gil@irc.example QUIT :Connection closed',
  ]);
});

test('the real name of a login passes the checks of messages, and has the length of one that is changed', async () => {
  const guests = { rooms: 'none', mark: true, write: false };
  await using server = await startServer({ ...IRC, guests });
  const alice = await IrcClient.joins(server, 'alice');
  const named = async (nick: string) => (await alice.asks(`WHOIS ${nick}`)).find((line) => line.includes(' 311 '));
  const gil = IrcClient.connect(server);
  for (const line of ['NICK gil', 'USER gil 0 * :psst']) gil.says(line);
  await gil.reads(/ 422 /);
  expect(await named('gil[guest]')).toBe(':irc.example 311 alice gil[guest] gil irc.example * gil[guest]');
  await server.registers('bob');
  const bob = IrcClient.connect(server);
  for (const line of [`PASS ${PASSWORD}`, 'NICK bob', `USER bob 0 * :${'x'.repeat(200)}`]) bob.says(line);
  await bob.reads(/ 422 /);
  expect(await named('bob')).toBe(`:irc.example 311 alice bob bob irc.example * ${'x'.repeat(150)}`);
});

test('what plugins make of messages, they make of these words', async () => {
  const polite = definePlugin({
    name: 'polite',
    summary: 'Replaces a word',
    setup: () => ({
      hooks: {
        onMessage: {
          transform(message) {
            message.text = message.text.replaceAll('damn', '****');
            return undefined;
          },
        },
      },
    }),
  });
  await using server = await startServer({ ...IRC, polite });
  const { alice, bob } = await town(server);
  await alice.asks('RENAME #lab #den :damn cold');
  expect(await bob.asks()).toContain(':bob!bob@irc.example PART #lab :**** cold');
  await alice.asks('RENAME #den #lab');
  await bob.asks('AWAY :damn tea', 'SETNAME :damn Bob', 'METADATA * SET url damn.org', 'PART #lab :damn');
  expect(await alice.asks()).toEqual([
    ':bob!bob@irc.example AWAY :**** tea',
    ':bob!bob@irc.example SETNAME :**** Bob',
    ':irc.example 761 alice bob url * ****.org',
    ':bob!bob@irc.example PART #lab ****',
  ]);
});
