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
  for (const line of ['NICK bob', 'USER bob 0 * :Bob', 'CAP END']) again.says(line);
  await again.reads(/ (376|422) /);
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
  await bob.asks('AWAY :damn tea', 'SETNAME :damn Bob', 'METADATA * SET url damn.org', 'PART #lab :damn');
  expect(await alice.asks()).toEqual([
    ':bob!bob@irc.example AWAY :**** tea',
    ':bob!bob@irc.example SETNAME :**** Bob',
    ':irc.example 761 alice bob url * ****.org',
    ':bob!bob@irc.example PART #lab ****',
  ]);
});
