import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' }, history: true };
const PLAYBACK = ['batch', 'draft/chathistory', 'draft/event-playback'];

/** What happened in #lab as a client reads it later, without tags and `@irc.example`. */
async function events(server: TestServer, nick: string, ...capabilities: readonly string[]): Promise<string[]> {
  const client = await IrcClient.logIn(server, {
    nick,
    as: `${nick}@late`,
    password: PASSWORD,
    capabilities: [...PLAYBACK, ...capabilities],
  });
  await client.asks();
  const history = await client.asks('CHATHISTORY LATEST #lab * 100');
  client.says('QUIT');
  await client.ends();
  return history.slice(1, -1).map((line) => line.replace(/^@\S+ :/, '').replaceAll('@irc.example', ''));
}

test('the history has what happened to a channel, as far as IRC has words for it', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob');
  await server.registers('carol');
  await alice.asks('JOIN #lab', 'TOPIC #lab :Tea');
  await bob.asks('JOIN #lab');
  await alice.asks(
    'MODE #lab +ov bob bob',
    'MODE #lab +ikl-t secret 9',
    'MODE #lab -k *',
    'MODE #lab +m',
    'MODE #lab -n',
  );
  await alice.asks('MODE #lab +b ev*!*@*', 'MODE #lab -b ev*!*@*', 'INVITE carol #lab', 'KICK #lab bob :No tea');
  await alice.asks('MODE #lab -i');
  await bob.asks('JOIN #lab', 'PART #lab');
  alice.says('QUIT');
  await alice.ends();
  const page = await server.returns('alice');
  for (const happened of ['joined', 'joined', 'left']) await page.sees(new RegExp(` bob ${happened}$`));
  await page.asks('room-slow #lab 1m');
  await bob.asks('JOIN #lab');
  await page.sees(/ bob joined$/);
  await page.asks('room-ban #lab bob');
  await page.asks('room-unban #lab bob');
  await page.logsOut();
  const seen = [
    'alice!alice TOPIC #lab Tea',
    'bob!bob JOIN #lab',
    'alice!alice MODE #lab +o bob',
    'alice!alice MODE #lab +i-s',
    'alice!alice MODE #lab +k *',
    'alice!alice MODE #lab +l 9',
    'alice!alice MODE #lab -t',
    'alice!alice MODE #lab -k *',
    'alice!alice MODE #lab +mn',
    'alice!alice MODE #lab -mn',
    'alice!alice MODE #lab +b ev*!*@*',
    'alice!alice MODE #lab -b ev*!*@*',
    'alice!alice KICK #lab bob :No tea',
    'alice!alice MODE #lab -is',
    'bob!bob JOIN #lab',
    'bob!bob PART #lab',
    'irc.example NOTICE #lab :alice turned slow mode on: one message per 1m from each member',
    'bob!bob JOIN #lab',
    'alice!alice MODE #lab +b bob!*@*',
    'bob!bob PART #lab',
    'alice!alice MODE #lab -b bob!*@*',
  ];
  expect(await events(server, 'alice')).toEqual(seen);
  const invited = seen.toSpliced(12, 0, 'alice!alice INVITE carol #lab');
  expect(await events(server, 'alice', 'invite-notify')).toEqual(invited);
  const extended = await events(server, 'alice', 'extended-join');
  expect(extended[1]).toBe('bob!bob JOIN #lab bob :The real bob');
});
