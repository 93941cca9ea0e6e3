import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';
import { Program } from '../../../../test/support/json-program.ts';
import { marks } from '../../../../test/support/marks.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' }, history: { announce: false } };
const ALL = ['batch', 'draft/chathistory', 'echo-message', 'message-tags', 'server-time'];

/** The messages of an answer, without source and target: `id text`. */
function said(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, id, text] = /msgid=(\d+).* (?:PRIVMSG|TOPIC) \S+ :?(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [`${id} ${text}`];
  });
}

test('the history of a channel is read around ids and times', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', ALL);
  const bob = await IrcClient.joins(server, 'bob', ALL);
  await alice.asks('JOIN #lab');
  await bob.asks('JOIN #lab');
  await alice.asks();
  const posted: string[] = [];
  for (let count = 1; count <= 6; count++) {
    server.clock.advance(1);
    posted.push(...said(await bob.asks(`PRIVMSG #lab :m${count}`)));
    await alice.asks();
  }
  const id = (index: number) => `msgid=${posted[index]?.split(' ')[0]}`;
  const at = (second: number) => `timestamp=2026-01-01T00:00:0${second}.000Z`;
  const read = async (rest: string) => said(await alice.asks(`CHATHISTORY ${rest}`));
  const [first, second, third, fourth, fifth, sixth] = posted as [string, string, string, string, string, string];
  expect(await read('LATEST #lab * 10')).toEqual(posted);
  expect(await read('LATEST #lab * 2')).toEqual([fifth, sixth]);
  expect(await read(`LATEST #lab ${id(3)} 10`)).toEqual([fifth, sixth]);
  expect(await read(`BEFORE #lab ${id(2)} 10`)).toEqual([first, second]);
  expect(await read(`BEFORE #lab ${at(3)} 1`)).toEqual([second]);
  expect(await read(`AFTER #lab ${id(3)} 1`)).toEqual([fifth]);
  expect(await read(`AFTER #lab ${at(4)} 10`)).toEqual([fifth, sixth]);
  expect(await read(`AROUND #lab ${id(2)} 3`)).toEqual([second, third, fourth]);
  expect(await read(`AROUND #lab ${at(3)} 1`)).toEqual([third]);
  expect(await read(`BETWEEN #lab ${id(0)} ${id(5)} 2`)).toEqual([second, third]);
  expect(await read(`BETWEEN #lab ${at(6)} ${at(1)} 2`)).toEqual([fourth, fifth]);
  expect(await read(`AFTER #lab ${at(9)} 5`)).toEqual([]);
  expect(await alice.asks('CHATHISTORY LATEST #lab * 1')).toEqual([
    ':irc.example BATCH +13 chathistory #lab',
    expect.stringMatching(
      /^@batch=13;time=2026-01-01T00:00:06\.000Z;msgid=\d+ :bob!bob@irc\.example PRIVMSG #lab :m6$/,
    ),
    ':irc.example BATCH -13',
  ]);
});

test('the history shows messages as they are now, and none that was deleted', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', ALL);
  const bob = await server.joins('bob');
  await alice.asks('JOIN #lab');
  expect(await bob.asks('join #lab')).toBe('joined:#lab');
  await alice.asks('@+a=b PRIVMSG #lab :tea?', 'TOPIC #lab :Tea');
  await bob.sees(/tea\?$/);
  await bob.sees(/Tea/);
  for (const line of ['message #lab helo', 'edit last hello', 'me #lab waves', 'message #lab secret', 'delete last']) {
    await bob.asks(line);
  }
  const history = await alice.asks().then(() => alice.asks('CHATHISTORY LATEST #lab * 10'));
  expect(history.map((line) => line.replace(/^@\S+ /, '')).slice(1, -1)).toEqual([
    ':alice!alice@irc.example PRIVMSG #lab :tea?',
    ':bob!bob@irc.example PRIVMSG #lab :hello',
    ':bob!bob@irc.example PRIVMSG #lab :\x01ACTION waves\x01',
  ]);
  expect(history[1]).toContain(';+a=b ');
  alice.says('QUIT');
  await alice.ends();
  const again = await IrcClient.logIn(server, {
    nick: 'alice',
    password: PASSWORD,
    capabilities: [...ALL, 'draft/event-playback'],
  });
  await again.asks();
  const events = await again.asks('CHATHISTORY LATEST #lab * 10');
  expect(events.map((line) => line.replace(/^@\S+ :(\w+)!\S+ /, '$1 ')).slice(1, -1)).toEqual([
    'bob JOIN #lab',
    'alice PRIVMSG #lab :tea?',
    'alice TOPIC #lab Tea',
    'bob PRIVMSG #lab :hello',
    'bob PRIVMSG #lab :\x01ACTION waves\x01',
  ]);
});

test('conversations are listed by their latest messages, and read like channels', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice', ALL);
  const bob = await IrcClient.joins(server, 'bob', ALL);
  await server.registers('carol');
  await alice.asks('JOIN #lab', 'PRIVMSG bob :one');
  server.clock.advance(1);
  await bob.asks('PRIVMSG alice :two');
  server.clock.advance(1);
  await alice.asks('PRIVMSG #lab :three');
  const times = ['timestamp=2025-01-01T00:00:00.000Z', 'timestamp=2027-01-01T00:00:00.000Z'];
  expect(await alice.asks(`CHATHISTORY TARGETS ${times.join(' ')} 10`)).toEqual([
    ':irc.example BATCH +1 draft/chathistory-targets',
    '@batch=1 :irc.example CHATHISTORY TARGETS bob 2026-01-01T00:00:01.000Z',
    '@batch=1 :irc.example CHATHISTORY TARGETS #lab 2026-01-01T00:00:02.000Z',
    ':irc.example BATCH -1',
  ]);
  expect(await alice.asks(`CHATHISTORY TARGETS timestamp=2026-01-01T00:00:01.000Z ${times[1]} 1`)).toHaveLength(3);
  // The latest come first where the times do.
  expect((await alice.asks(`CHATHISTORY TARGETS ${times.toReversed().join(' ')} 1`))[1]).toMatch(/ TARGETS #lab /);
  const history = await alice.asks('CHATHISTORY LATEST BOB * 10');
  expect(history[0]).toMatch(/ chathistory BOB$/);
  expect(history.map((line) => line.replace(/^@\S+ /, '')).slice(1, -1)).toEqual([
    ':alice!alice@irc.example PRIVMSG bob :one',
    ':bob!bob@irc.example PRIVMSG alice :two',
  ]);
  expect(await alice.asks('CHATHISTORY LATEST carol * 10')).toHaveLength(2);
});

test.each([
  ['', 'INVALID_PARAMS *'],
  ['FIRST #lab * 10', 'INVALID_PARAMS FIRST'],
  ['LATEST #lab', 'INVALID_PARAMS LATEST'],
  ['LATEST #lab * 1 1', 'INVALID_PARAMS LATEST'],
  ['LATEST #lab * none', 'INVALID_PARAMS LATEST'],
  ['LATEST #lab * 0', 'INVALID_PARAMS LATEST'],
  ['BEFORE #lab * 1', 'INVALID_PARAMS BEFORE'],
  ['AFTER #lab msgid=x 1', 'MESSAGE_ERROR AFTER #lab msgid=x'],
  ['AFTER #lab id=1 1', 'INVALID_PARAMS AFTER'],
  ['AFTER #lab timestamp=yesterday 1', 'INVALID_PARAMS AFTER'],
  ['LATEST #nowhere * 1', 'INVALID_TARGET LATEST #nowhere'],
  ['LATEST #private * 1', 'INVALID_TARGET LATEST #private'],
  ['LATEST nobody * 1', 'INVALID_TARGET LATEST nobody'],
  ['TARGETS msgid=1 msgid=2 1', 'INVALID_PARAMS TARGETS'],
  ['TARGETS timestamp=2026-01-01T00:00:00.000Z', 'INVALID_PARAMS TARGETS'],
])('CHATHISTORY %s is refused', async (rest, failure) => {
  await using server = await startServer(IRC);
  const bob = await server.joins('bob');
  await bob.asks('create #private private');
  const alice = await IrcClient.joins(server, 'alice', ALL);
  await alice.asks('JOIN #lab');
  expect(await alice.asks(`CHATHISTORY ${rest}`)).toEqual([
    expect.stringContaining(`:irc.example FAIL CHATHISTORY ${failure} :`),
  ]);
});

test('what was read is the same for IRC clients and the page', async () => {
  await using server = await startServer({ ...IRC, marks, 'single-session': false });
  const capabilities = ['draft/read-marker', 'server-time'];
  const alice = await IrcClient.joins(server, 'alice', capabilities);
  expect(await alice.asks('JOIN #lab')).toContain(':irc.example MARKREAD #lab *');
  const other = await IrcClient.logIn(server, { nick: 'alice', as: 'alice@phone', password: PASSWORD, capabilities });
  expect(await other.asks()).toContain(':irc.example MARKREAD #lab *');
  await server.registers('carol');
  const bob = await server.joins('bob');
  await bob.asks('join #lab');
  for (const text of ['one', 'two']) {
    server.clock.advance(1);
    await bob.asks(`message #lab ${text}`);
  }
  const page = await Program.logsIn(server.connectJson(), 'alice', 'page');
  await Promise.all([alice.asks(), other.asks()]);
  const first = 'timestamp=2026-01-01T00:00:01.000Z';
  expect(await alice.asks(`MARKREAD #lab ${first}`)).toEqual([`:irc.example MARKREAD #lab ${first}`]);
  expect((await other.asks()).at(-1)).toMatch(new RegExp(`MARKREAD #lab ${first}$`));
  expect(await alice.asks('MARKREAD #lab timestamp=2025-01-01T00:00:00.000Z')).toEqual([
    `:irc.example MARKREAD #lab ${first}`,
  ]);
  // Of a clock that is wrong.
  expect(await alice.asks('MARKREAD carol timestamp=2999-01-01T00:00:00.000Z')).toEqual([
    ':irc.example MARKREAD carol timestamp=2026-01-01T00:00:02.000Z',
  ]);
  await page.asks('read', { place: '#lab' });
  expect(await alice.reads(/ MARKREAD /)).toMatch(/ MARKREAD #lab timestamp=2026-01-01T00:00:02\.000Z$/);
  expect(await alice.asks('MARKREAD #lab', 'MARKREAD bob', 'MARKREAD #nowhere')).toEqual([
    ':irc.example MARKREAD #lab timestamp=2026-01-01T00:00:02.000Z',
    ':irc.example MARKREAD bob *',
    ':irc.example MARKREAD #nowhere *',
  ]);
  expect(await alice.asks('MARKREAD', 'MARKREAD #lab *', 'MARKREAD #lab timestamp=soon')).toEqual([
    ':irc.example FAIL MARKREAD NEED_MORE_PARAMS :Not enough parameters',
    ':irc.example FAIL MARKREAD INVALID_PARAMS #lab :Write the time as timestamp=2026-11-23T20:15:04.123Z.',
    ':irc.example FAIL MARKREAD INVALID_PARAMS #lab :Write the time as timestamp=2026-11-23T20:15:04.123Z.',
  ]);
});
