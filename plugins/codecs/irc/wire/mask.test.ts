import { expect, test } from 'vitest';
import { fullMask, matchesMask } from './mask.ts';
import { isHostName, parseSource } from './source.ts';

test.each<[string, string, boolean]>([
  ['*!*@*', 'alice!al@home', true],
  ['alice!*@*', 'ALICE!al@home', true],
  ['Straße!*@*', 'STRASSE!x@y', true],
  ['alice!*@*', 'alicia!al@home', false],
  ['*!*@*.example.com', 'alice!al@a.b.example.com', true],
  ['*!*@*.example.com', 'alice!al@example.com', false],
  ['ali?e!*@*', 'alice!al@home', true],
  ['ali?e!*@*', 'aliYCe!al@home', false],
  ['?!*@*', '\u{1f375}!al@home', true],
  ['a**b*', 'aXXbYY', true],
  ['a*b', 'aXbX', false],
  ['[a-z]!*@*', 'b!al@home', false],
  ['a\\*', 'a*', false],
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
])('the mask %s and %s: %s', (mask, text, matches) => {
  expect(matchesMask(mask, text)).toBe(matches);
});

test('a mask of many stars takes no longer than its length warrants', () => {
  expect(matchesMask(`${'*a'.repeat(200)}*b`, 'a'.repeat(400))).toBe(false);
});

test.each([
  ['alice', 'alice!*@*'],
  ['al@home', '*!al@home'],
  ['@home', '*!*@home'],
  ['alice!al', 'alice!al@*'],
  ['alice!', 'alice!*@*'],
  ['alice!al@home', 'alice!al@home'],
  ['!@', '*!*@*'],
  ['', '*!*@*'],
])('the mask %j is short for %s', (mask, full) => {
  expect(fullMask(mask)).toBe(full);
});

test.each([
  ['alice', 'alice', '', ''],
  ['alice!al@home', 'alice', 'al', 'home'],
  ['alice@home', 'alice', '', 'home'],
  ['alice!al', 'alice', 'al', ''],
  ['alice!al@ho@me!x', 'alice', 'al', 'ho@me!x'],
  ['chat.example', 'chat.example', '', ''],
  ['', '', '', ''],
])('the source %s has its parts', (source, nick, user, host) => {
  expect(parseSource(source)).toEqual({ nick, user, host });
});

test.each(['chat.example', 'My.Little.Server', 'a.b-c.d9', 'services.', 'xn--bcher-kva.ch'])(
  '%s names a host',
  (name) => {
    expect(isHostName(name)).toBe(true);
  },
);

test.each(['chat', '', '.', 'a..b', '-a.b', 'a.b-', 'a_b.c', 'a b.c', 'bücher.ch', `${'a'.repeat(64)}.b`])(
  '%j does not name a host',
  (name) => {
    expect(isHostName(name)).toBe(false);
  },
);
