import { isName, nameKey } from 'chatserv';
import { expect, test } from 'vitest';
import { networkOf, plainAddress } from '../../src/kernel/address.ts';

test.each(['alice', 'a', 'Zoë', '李小龍', 'o_o-x.y', 'x'.repeat(32), '😀'])('%s may be a name', (name) => {
  expect(isName(name)).toBe(true);
});

test.each([
  '',
  ' ',
  'a b',
  'a:b',
  'a,b',
  '(a',
  'a)',
  '[a',
  'a]',
  '{a',
  'a}',
  '#a',
  'a*',
  'a\tb',
  'a\u0000',
  'a\u200bb',
  'a\u202eb',
  'a：b',
  'x'.repeat(33),
  '__proto__',
  'constructor',
  'toString',
  'HASOWNPROPERTY',
  'prototype',
  '\ud800',
])('%j may not be a name', (name) => {
  expect(isName(name)).toBe(false);
});

test.each([
  ['Alice', 'aLICE'],
  ['ﬁn', 'fin'],
  ['Straße', 'STRASSE'],
  ['Å', 'A\u030a'],
  ['ＡＢＣ', 'abc'],
  ['ΣΑΣ', 'σας'],
])('%s and %s are one user', (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other));
});

test('alice and alicia are two', () => {
  expect(nameKey('alice')).not.toBe(nameKey('alicia'));
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:ffff::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002:0003::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unix', 'unix'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(plainAddress(address))).toBe(network);
});
