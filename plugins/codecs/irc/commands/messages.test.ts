import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' }, history: { announce: false } };

/** What clients switch on who read and send all that there is. */
const ALL = ['batch', 'draft/message-redaction', 'draft/multiline', 'echo-message', 'labeled-response', 'message-tags'];

/** Alice and Bob in #lab, Alice with these capabilities. */
async function start(capabilities: readonly string[] = [], irc: object = {}) {
  const server = await startServer({ ...IRC, irc: { ...IRC.irc, ...irc } });
  const alice = await IrcClient.joins(server, 'alice', capabilities);
  await alice.asks('JOIN #lab');
  const bob = await IrcClient.joins(server, 'bob', capabilities);
  await bob.asks('JOIN #lab');
  await alice.asks();
  return { server, alice, bob, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Lines without tags whose values are the server's to choose. */
function plain(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(@\S*?);?msgid=[^; ]+;?/, '$1').replace(/^@ /, ''));
}

describe('what clients say', () => {
  test('may be an action or a notice, for everybody', async () => {
    await using all = await start();
    const { server, alice, bob } = all;
    const carol = await server.joins('carol');
    await carol.asks('join #lab');
    await carol.asks('watch');
    await alice.reads(/ JOIN #lab$/);
    await alice.asks('PRIVMSG #lab :\x01ACTION waves\x01', 'NOTICE #lab :tea is ready', 'PRIVMSG bob :\x01action nods');
    expect(await bob.asks()).toEqual([
      ':carol!carol@irc.example JOIN #lab',
      ':alice!alice@irc.example PRIVMSG #lab :\x01ACTION waves\x01',
      ':alice!alice@irc.example NOTICE #lab :tea is ready',
      ':alice!alice@irc.example PRIVMSG bob :\x01ACTION nods\x01',
    ]);
    await carol.sees(/ #lab \* alice waves$/);
    await carol.sees(/ #lab alice: tea is ready$/);
    expect(await carol.asks('me #lab waves back')).toBe('sent:');
    expect(await alice.reads(/waves back/)).toBe(':carol!carol@irc.example PRIVMSG #lab :\x01ACTION waves back\x01');
  });

  test('reaches programs as the question of a program only if it is one', async () => {
    await using all = await start();
    const { server, alice, bob } = all;
    const carol = await server.joins('carol');
    await alice.asks('PRIVMSG bob :\x01VERSION\x01', 'PRIVMSG carol :\x01PING 1\x01', 'PRIVMSG carol :hello');
    expect(await bob.asks('NOTICE alice :\x01VERSION irssi\x01')).toEqual([
      ':alice!alice@irc.example PRIVMSG bob :\x01VERSION\x01',
    ]);
    expect(await alice.asks()).toEqual([':bob!bob@irc.example NOTICE alice :\x01VERSION irssi\x01']);
    await carol.sees(/ alice: hello$/);
    expect(await alice.asks('PRIVMSG nobody :\x01VERSION\x01', 'NOTICE nobody :\x01PING\x01')).toEqual([
      ':irc.example 401 alice nobody :No such nick/channel',
    ]);
  });

  test('has no formatting, or that which marks can stand for', async () => {
    await using stripped = await start();
    await stripped.alice.asks('PRIVMSG #lab :\x02bold\x02 and \x0304,12red\x03', 'PRIVMSG #lab :\x02\x0f');
    expect(await stripped.bob.asks()).toEqual([':alice!alice@irc.example PRIVMSG #lab :bold and red']);
    await using marked = await start([], { formatting: 'marks' });
    const carol = await marked.server.joins('carol');
    await carol.asks('join #lab');
    await marked.bob.reads(/ JOIN #lab$/);
    await marked.alice.asks('PRIVMSG #lab :\x02bold \x02and \x11code\x0f \x1dtext');
    expect(await marked.bob.asks()).toEqual([
      ':alice!alice@irc.example PRIVMSG #lab :\x02bold\x02 and \x11code\x11 text',
    ]);
    await carol.sees(/ #lab alice: \*\*bold\*\* and `code` text$/);
  });

  test('is split into lines of 512 bytes, of which the first has the id', async () => {
    await using all = await start(['message-tags']);
    const carol = await all.server.joins('carol');
    const long = `${'tea '.repeat(150)}\u{1f375}`;
    expect(await carol.asks(`message alice ${long}`)).toBe('sent:');
    const lines = await all.alice.asks();
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map((line) => line.replace(/^.* alice :/, '')).join('')).toBe(long);
    for (const [index, line] of lines.entries()) {
      expect(line.startsWith('@msgid=')).toBe(index === 0);
      expect(Buffer.byteLength(line.replace(/^@\S+ /, ''))).toBeLessThanOrEqual(510);
    }
  });

  test('and is edited or deleted since is told in notices, which name no channel again', async () => {
    await using all = await start();
    const carol = await all.server.joins('carol');
    for (const line of ['join #lab', 'message #lab at fuor', 'edit last at four']) await carol.asks(line);
    expect((await all.alice.asks()).slice(1)).toEqual([
      ':carol!carol@irc.example PRIVMSG #lab :at fuor',
      ':irc.example NOTICE #lab :carol edited "at fuor": at four',
    ]);
    await carol.asks(`edit last ${'tea '.repeat(200)}`);
    const edited = await all.alice.asks();
    expect(edited.length).toBeGreaterThan(1);
    expect(edited.filter((line) => !line.startsWith(':irc.example NOTICE #lab :') || line.length > 510)).toEqual([]);
    await carol.asks('delete last');
    expect(await all.alice.asks()).toEqual([
      expect.stringMatching(/^:irc\.example NOTICE #lab :carol deleted a message from /),
    ]);
  });

  test('must fit a line, as must its tags', async () => {
    await using all = await start(['message-tags']);
    const { alice, bob } = all;
    const line = `PRIVMSG #lab :${'x'.repeat(471)}`;
    expect(await alice.asks(line)).toEqual([]);
    expect(await alice.asks(`${line}x`)).toEqual([':irc.example 417 alice :Input line was too long']);
    expect(await alice.asks(`PRIVMSG #lab :${'é'.repeat(237)}`)).toEqual([
      ':irc.example 417 alice :Input line was too long',
    ]);
    const [said = ''] = await bob.asks();
    expect(said.replace(/^@\S+ /, '')).toHaveLength(510);
    // Four bytes of the tag are its key and what surrounds it.
    const tagged = (bytes: number) => `@+a=${'x'.repeat(bytes - 5)} ${line}`;
    expect(await alice.asks(tagged(4096))).toEqual([]);
    expect((await bob.asks())[0]).toContain(`+a=${'x'.repeat(4091)} `);
    expect(await alice.asks(tagged(4097), tagged(9000))).toEqual([
      ':irc.example 417 alice :Input line was too long',
      ':irc.example 417 alice :Input line was too long',
    ]);
  });
});

describe('tags', () => {
  test('of clients reach clients that want them', async () => {
    await using all = await start(ALL);
    const { server, alice, bob } = all;
    const carol = await IrcClient.joins(server, 'carol');
    await carol.asks('JOIN #lab');
    await Promise.all([alice.asks(), bob.asks()]);
    expect(plain(await alice.asks('@+a=b;c=d PRIVMSG #lab :hello', '@+typing=active TAGMSG #lab'))).toEqual([
      '@+a=b :alice!alice@irc.example PRIVMSG #lab :hello',
      '@+typing=active :alice!alice@irc.example TAGMSG #lab',
    ]);
    expect(plain(await bob.asks())).toEqual([
      '@+a=b :alice!alice@irc.example PRIVMSG #lab :hello',
      '@+typing=active :alice!alice@irc.example TAGMSG #lab',
    ]);
    expect(await carol.asks()).toEqual([':alice!alice@irc.example PRIVMSG #lab :hello']);
  });

  test('answer and react to messages, as on the page', async () => {
    await using all = await start(ALL);
    const { server, alice, bob } = all;
    const carol = await server.joins('carol');
    await carol.asks('join #lab');
    await Promise.all([alice.reads(/ JOIN #lab$/), bob.reads(/ JOIN #lab$/)]);
    const [tea = ''] = await alice.asks('PRIVMSG #lab :tea?');
    const [, id = ''] = /msgid=(\d+)/.exec(tea) ?? [];
    await carol.sees(/ #lab alice: tea\?$/);
    const [yes = ''] = await bob.asks(`@+draft/reply=${id} PRIVMSG #lab :yes`).then((lines) => lines.slice(1));
    expect(yes).toContain(`+draft/reply=${id} `);
    await carol.sees(/ #lab bob: \(alice: "tea\?"\) yes$/);
    expect(plain(await bob.asks(`@+draft/react=👍;+draft/reply=${id} TAGMSG #lab`))).toEqual([
      `@+draft/react=👍;+draft/reply=${id} :bob!bob@irc.example TAGMSG #lab`,
    ]);
    expect(await carol.asks('reactions last')).toEqual(expect.anything());
    expect(plain(await alice.asks()).at(-1)).toBe(
      `@+draft/react=👍;+draft/reply=${id} :bob!bob@irc.example TAGMSG #lab`,
    );
    const [, reaction = ''] =
      /msgid=(\d+)/.exec((await bob.asks(`@+draft/react=🎉;+draft/reply=${id} TAGMSG #lab`))[0] ?? '') ?? [];
    expect((await alice.asks(`REDACT #lab ${reaction}`)).at(-1)).toMatch(/ FAIL REDACT REDACT_FORBIDDEN #lab \d+ :/);
    expect(plain(await bob.asks(`REDACT #lab ${reaction}`))).toEqual([`:bob!bob@irc.example REDACT #lab ${reaction}`]);
    expect(plain(await alice.asks())).toEqual([
      `@+draft/unreact=🎉;+draft/reply=${id} :bob!bob@irc.example TAGMSG #lab`,
    ]);
    // An answer to what is not there is a message.
    expect(plain(await bob.asks('@+draft/reply=4711 PRIVMSG #lab :no'))).toEqual([
      ':bob!bob@irc.example PRIVMSG #lab :no',
    ]);
  });

  test('pass the guards of messages', async () => {
    await using all = await start(ALL);
    const { server, bob } = all;
    const carol = await IrcClient.joins(server, 'carol', ALL);
    expect(await carol.asks('@+typing=active TAGMSG #lab', 'PRIVMSG #lab :hi')).toEqual([
      ":irc.example 404 carol #lab :You're not on that channel",
      ":irc.example 404 carol #lab :You're not on that channel",
    ]);
    expect(await bob.asks()).toEqual([]);
  });
});

test('a message of several lines is one message', async () => {
  await using all = await start(ALL);
  const { server, alice, bob } = all;
  const carol = await IrcClient.joins(server, 'carol', ['message-tags']);
  await carol.asks('JOIN #lab');
  await Promise.all([alice.asks(), bob.asks()]);
  const echo = await alice.asks(
    '@label=1 BATCH +x draft/multiline #lab',
    '@batch=x PRIVMSG #lab :one',
    '@batch=x PRIVMSG #lab :',
    '@batch=x PRIVMSG #lab :two ',
    '@batch=x;draft/multiline-concat PRIVMSG #lab :three',
    'BATCH -x',
  );
  const id = /msgid=(\d+)/.exec(echo[0] ?? '')?.[1];
  const lines = [
    `@batch=m${id} :alice!alice@irc.example PRIVMSG #lab :one`,
    `@batch=m${id} :alice!alice@irc.example PRIVMSG #lab :`,
    `@batch=m${id} :alice!alice@irc.example PRIVMSG #lab :two `,
    `@batch=m${id};draft/multiline-concat :alice!alice@irc.example PRIVMSG #lab :three`,
    `:alice!alice@irc.example BATCH -m${id}`,
  ];
  const head = `:alice!alice@irc.example BATCH +m${id} draft/multiline #lab`;
  expect(echo).toEqual([`@label=1;msgid=${id} ${head}`, ...lines]);
  expect(await bob.asks()).toEqual([`@msgid=${id} ${head}`, ...lines]);
  expect(await carol.asks()).toEqual([
    `@msgid=${id} :alice!alice@irc.example PRIVMSG #lab :one`,
    ':alice!alice@irc.example PRIVMSG #lab :two ',
    ':alice!alice@irc.example PRIVMSG #lab :three',
  ]);
});

const BEGIN = '@label=1 BATCH +x draft/multiline #lab';

test.each([
  ['of another type', ['@label=1 BATCH +x other #lab'], 'UNKNOWN_TYPE x other'],
  ['of a wrong name', ['@label=1 BATCH +x! draft/multiline #lab'], 'INVALID_REFTAG x!'],
  ['without a target', ['@label=1 BATCH +x draft/multiline'], 'MULTILINE_INVALID'],
  ['with a line to someone else', [BEGIN, '@batch=x PRIVMSG bob :hi'], 'MULTILINE_INVALID_TARGET #lab bob'],
  [
    'with a line of another kind',
    [BEGIN, '@batch=x NOTICE #lab :hi', '@batch=x PRIVMSG #lab :hi'],
    'MULTILINE_INVALID',
  ],
  ['with a line of no batch', [BEGIN, '@batch=y PRIVMSG #lab :hi'], 'MULTILINE_INVALID'],
  ['that continues by nothing', [BEGIN, '@batch=x;draft/multiline-concat PRIVMSG #lab :'], 'MULTILINE_INVALID'],
  ['of blank lines', [BEGIN, '@batch=x PRIVMSG #lab :', '@batch=x PRIVMSG #LAB :'], 'MULTILINE_INVALID'],
  ['in another one', ['BATCH +y draft/multiline #lab', '@batch=y PRIVMSG #lab :hi', BEGIN], 'MULTILINE_INVALID'],
  ['of too many lines', [BEGIN, ...new Array(101).fill('@batch=x PRIVMSG #lab :hi')], 'MULTILINE_MAX_LINES 100'],
  [
    'of too many bytes',
    [BEGIN, ...new Array(11).fill(`@batch=x PRIVMSG #lab :${'x'.repeat(400)}`)],
    'MULTILINE_MAX_BYTES 4096',
  ],
])('a batch %s is refused, under its label', async (_, lines, failure) => {
  await using all = await start([...ALL, 'labeled-response']);
  expect(await all.alice.asks(...lines, 'BATCH -x')).toEqual([
    expect.stringContaining(`@label=1 :irc.example FAIL BATCH ${failure} :`),
  ]);
  expect(await all.bob.asks()).toEqual([]);
});

test('what follows of a batch that was refused is ignored, and another one is sent', async () => {
  await using all = await start(ALL);
  const { alice, bob } = all;
  const rest = ['@batch=x PRIVMSG #lab :one', '@batch=x PRIVMSG #lab :two', 'BATCH -x'];
  expect(await alice.asks('BATCH +x draft/multiline #lab', '@batch=x PRIVMSG bob :hi', ...rest)).toHaveLength(1);
  expect(await alice.asks('BATCH +x other #lab', ...rest)).toHaveLength(1);
  expect(await bob.asks()).toEqual([]);
  await alice.asks('BATCH +x draft/multiline #lab', ...rest);
  expect((await bob.asks()).filter((line) => line.includes('PRIVMSG'))).toHaveLength(2);
});

test('a line of a batch that was never begun is refused', async () => {
  await using all = await start(ALL);
  expect(await all.alice.asks('@batch=x PRIVMSG #lab :hi')).toEqual([
    expect.stringContaining(':irc.example FAIL BATCH MULTILINE_INVALID :'),
  ]);
});

test('a message is deleted for everybody, by its author or a moderator', async () => {
  await using all = await start(ALL);
  const { server, alice, bob } = all;
  const carol = await server.joins('carol');
  await carol.asks('join #lab');
  await Promise.all([alice.reads(/ JOIN #lab$/), bob.reads(/ JOIN #lab$/)]);
  const [said = ''] = await bob.asks('PRIVMSG #lab :spam');
  const [, id = ''] = /msgid=(\d+)/.exec(said) ?? [];
  await alice.reads(/ :spam$/);
  expect(await alice.asks(`REDACT #attic ${id}`, 'REDACT #lab nonsense', `REDACT bob ${id}`)).toEqual([
    ':irc.example FAIL REDACT INVALID_TARGET #attic :You cannot delete messages there',
    ':irc.example FAIL REDACT UNKNOWN_MSGID #lab nonsense :There is no such message',
    `:irc.example FAIL REDACT UNKNOWN_MSGID bob ${id} :There is no such message`,
  ]);
  expect(await alice.asks(`REDACT #lab ${id} :no spam`)).toEqual([
    `:alice!alice@irc.example REDACT #lab ${id} :no spam`,
  ]);
  expect(await bob.asks()).toEqual([`:alice!alice@irc.example REDACT #lab ${id} :no spam`]);
  await carol.sees(/ #lab bob: spam$/);
  await carol.sees(/ #lab alice deleted bob's message from /);
  const [own = ''] = await alice.asks('PRIVMSG #lab :mine');
  const [, mine = ''] = /msgid=(\d+)/.exec(own) ?? [];
  await bob.reads(/ :mine$/);
  expect(await bob.asks(`REDACT #lab ${mine}`)).toEqual([
    expect.stringContaining(`FAIL REDACT REDACT_FORBIDDEN #lab ${mine} :`),
  ]);
});
