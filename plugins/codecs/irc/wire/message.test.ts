import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage, serializeLine, serializeMessage } from './message.ts';

/** A parsed line as short as a test can state it. */
function parts(line: string): unknown {
  const message = parseMessage(line);
  return message && [Object.fromEntries(message.tags), message.source, message.command, ...message.params];
}

describe('a line', () => {
  test.each<[string, unknown]>([
    ['QUIT', [{}, undefined, 'QUIT']],
    ['quit', [{}, undefined, 'QUIT']],
    ['JOIN #lab,#tea key', [{}, undefined, 'JOIN', '#lab,#tea', 'key']],
    ['JOIN :#lab', [{}, undefined, 'JOIN', '#lab']],
    ['PRIVMSG #lab :tea at four', [{}, undefined, 'PRIVMSG', '#lab', 'tea at four']],
    ['PRIVMSG #lab :  :) ', [{}, undefined, 'PRIVMSG', '#lab', '  :) ']],
    ['PRIVMSG #lab ::)', [{}, undefined, 'PRIVMSG', '#lab', ':)']],
    ['TOPIC #lab :', [{}, undefined, 'TOPIC', '#lab', '']],
    ['TOPIC #lab ', [{}, undefined, 'TOPIC', '#lab']],
    ['  MODE   #lab  +k   key  ', [{}, undefined, 'MODE', '#lab', '+k', 'key']],
    ['PRIVMSG a:b c:d', [{}, undefined, 'PRIVMSG', 'a:b', 'c:d']],
    ['PRIVMSG\t#lab x', [{}, undefined, 'PRIVMSG\t#LAB', 'x']],
    [':alice!al@home PART #lab', [{}, 'alice!al@home', 'PART', '#lab']],
    [
      '@time=12:30;+draft/reply=7 :alice TAGMSG bob',
      [{ time: '12:30', '+draft/reply': '7' }, 'alice', 'TAGMSG', 'bob'],
    ],
    ['@label=a   PING   x', [{ label: 'a' }, undefined, 'PING', 'x']],
  ])('%j has its parts', (line, expected) => {
    expect(parts(line)).toEqual(expected);
  });

  test.each(['', '   ', ':alice', ':alice ', '@label=1', '@label=1 :alice  '])('%j has no command', (line) => {
    expect(parseMessage(line)).toBeUndefined();
  });

  test.each<[string, Record<string, string>]>([
    ['a;b=;c=d', { a: '', b: '', c: 'd' }],
    ['a=1;b=2;a=3', { a: '3', b: '2' }],
    ['a=x=y', { a: 'x=y' }],
    ['a=\\:\\s\\\\\\r\\n', { a: '; \\\r\n' }],
    ['a=\\\\n', { a: '\\n' }],
    ['a=\\b\\1', { a: 'b1' }],
    ['a=b\\', { a: 'b' }],
    [';;=x;a', { a: '' }],
    ['constructor=x;+draft/a-b=1', { constructor: 'x', '+draft/a-b': '1' }],
    ['a_b=1;__proto__;+=2;/x;a/b/c;\x1b[2J=3;ok', { ok: '' }],
  ])('has the tags @%s', (tags, expected) => {
    expect([...(parseMessage(`@${tags} TAGMSG bob`)?.tags ?? [])]).toEqual(Object.entries(expected));
  });
});

describe('a message', () => {
  test('has a colon only where one is needed', () => {
    const line = (...params: string[]) => serializeMessage({ source: 'chat.example', command: 'X', params });
    expect(line()).toBe(':chat.example X');
    expect(line('#lab')).toBe(':chat.example X #lab');
    expect(line('#lab', 'tea at four')).toBe(':chat.example X #lab :tea at four');
    expect(line('#lab', '')).toBe(':chat.example X #lab :');
    expect(line(':)')).toBe(':chat.example X ::)');
  });

  test('stays one line, with its parameters in their places, whatever a client wrote into them', () => {
    expect(serializeMessage({ command: '403', params: ['alice', '#a b', 'No such channel'] })).toBe(
      '403 alice * :No such channel',
    );
    expect(serializeMessage({ command: '401', params: ['alice', '', ':)', 'x\r\ny\0z'] })).toBe(
      '401 alice * * :x  y z',
    );
  });

  test('escapes its tags', () => {
    const tags = new Map([
      ['time', '12:30'],
      ['a', '; \\\r\n\0'],
      ['bot', ''],
    ]);
    expect(serializeMessage({ tags, command: 'PING' })).toBe('@time=12:30;a=\\:\\s\\\\\\r\\n;bot PING');
  });
});

test('a message is the same after a round trip', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((chars) => !/[\0\r\n]/.test(chars));
  const word = text.filter((chars) => !/^$|^:| /.test(chars));
  const key = fc.stringMatching(/^\+?([a-z.-]{1,9}\/)?[A-Za-z0-9-]{1,9}$/);
  const message = fc.record({
    tags: fc.array(
      fc.tuple(
        key,
        fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', '')),
      ),
    ),
    source: fc.option(
      word.filter((chars) => chars !== ''),
      { nil: undefined },
    ),
    command: fc.stringMatching(/^([A-Z]{1,12}|[0-9]{3})$/),
    params: fc.tuple(fc.array(word), fc.option(text, { nil: undefined })),
  });
  fc.assert(
    fc.property(message, ({ tags, source, command, params: [words, last] }) => {
      const whole = { tags: new Map(tags), source, command, params: last === undefined ? words : [...words, last] };
      expect(parseMessage(serializeMessage(whole))).toEqual(whole);
    }),
  );
});

test('a line that would be too long is cut between characters, its tags aside', () => {
  const tags = new Map([['+a', 'x'.repeat(1000)]]);
  const line = (param: string) => serializeLine({ tags, command: 'FAIL', params: ['JOIN', param, 'Not so.'] });
  expect(line('x'.repeat(491))).toBe(`@+a=${'x'.repeat(1000)} FAIL JOIN ${'x'.repeat(491)} :Not so.\r\n`);
  expect(line('x'.repeat(492))).toBe(`@+a=${'x'.repeat(1000)} FAIL JOIN ${'x'.repeat(492)} :Not \r\n`);
  expect(line('é'.repeat(300))).toBe(`@+a=${'x'.repeat(1000)} FAIL JOIN ${'é'.repeat(250)}\r\n`);
});
