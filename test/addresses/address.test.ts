import { describe, expect, test } from 'vitest';
import { networkOf, parseAddress, plainAddress } from '../../src/addresses/address.ts';
import { inAddressList, isAddressEntry } from '../../src/addresses/address-list.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:51234', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:ffff::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002:0003::', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:192.0.2.7', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unix', 'unix'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(plainAddress(address))).toBe(network);
});

describe('an address', () => {
  test.each([
    ['192.0.2.7', { address: '192.0.2.7', family: 'ipv4' }],
    ['192.0.2.7:51234', { address: '192.0.2.7', family: 'ipv4', port: 51234 }],
    ['[192.0.2.7]:80', { address: '192.0.2.7', family: 'ipv4', port: 80 }],
    ['2001:0DB8:0::1', { address: '2001:db8::1', family: 'ipv6' }],
    ['2001:db8::1:443', { address: '2001:db8::1:443', family: 'ipv6' }],
    ['[2001:db8::1]', { address: '2001:db8::1', family: 'ipv6' }],
    ['[2001:db8::1]:443', { address: '2001:db8::1', family: 'ipv6', port: 443 }],
    ['fe80::1%eth0', { address: 'fe80::1', family: 'ipv6', zone: 'eth0' }],
    ['[fe80::1%eth0]:443', { address: 'fe80::1', family: 'ipv6', zone: 'eth0', port: 443 }],
    ['::ffff:192.0.2.7', { address: '192.0.2.7', family: 'ipv4' }],
    ['[::ffff:c000:207]:9', { address: '192.0.2.7', family: 'ipv4', port: 9 }],
    ['10.1.2.3/8', { address: '10.0.0.0', family: 'ipv4', prefix: 8 }],
    ['192.0.2.129/25', { address: '192.0.2.128', family: 'ipv4', prefix: 25 }],
    ['0.0.0.0/0', { address: '0.0.0.0', family: 'ipv4', prefix: 0 }],
    ['192.0.2.7/32', { address: '192.0.2.7', family: 'ipv4', prefix: 32 }],
    ['2001:db8:ffff::1/36', { address: '2001:db8:f000::', family: 'ipv6', prefix: 36 }],
    ['64:ff9b::192.0.2.7/120', { address: '64:ff9b::c000:200', family: 'ipv6', prefix: 120 }],
    ['::ffff:10.1.2.3/104', { address: '10.0.0.0', family: 'ipv4', prefix: 8 }],
    ['::ffff:10.1.2.3/64', { address: '::', family: 'ipv6', prefix: 64 }],
  ])('%s is read', (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  test.each([
    '',
    ' ',
    '*',
    'localhost',
    'chat.example:4119',
    'unknown',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.7:',
    '192.0.2.7:65536',
    '192.0.2.7 ',
    '192.0.2.7/33',
    '192.0.2.7/',
    '192.0.2.7:80/24',
    '2001:db8::1/129',
    'fe80::1%eth0/64',
    '[::1',
    '::1]',
    '[::1]/128',
    '[::1]x',
    '[]',
    '1:2:3:4:5:6:7:8:9',
  ])("'%s' is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('a list of addresses', () => {
  const isListed = inAddressList(['10.1.2.3/8', '::ffff:198.51.100.0/120', '192.0.2.7', '2001:db8::/32', '::1/64']);

  test.each(['10.9.9.9', '::ffff:10.9.9.9', '198.51.100.9', '192.0.2.7', '2001:DB8:9::9', '2001:db8::1%eth0', '::2'])(
    'has %s',
    (address) => expect(isListed(address)).toBe(true),
  );

  test.each(['11.0.0.1', '192.0.2.8', '2001:db9::1', '203.0.113.1', '::ffff:203.0.113.1', 'unix', '', '10.0.0.0/8'])(
    "has not '%s'",
    (address) => expect(isListed(address)).toBe(false),
  );

  test.each(['10.0.0.0/8', '::1', '::ffff:10.0.0.0/104'])('takes %s', (entry) => {
    expect(isAddressEntry(entry)).toBe(true);
  });

  test.each(['10.0.0.0/33', '10.0.0.1:80', 'fe80::1%eth0', 'localhost', ''])("takes no '%s'", (entry) => {
    expect(isAddressEntry(entry)).toBe(false);
  });
});
