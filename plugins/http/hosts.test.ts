import { describe, expect, test } from 'vitest';
import { hostCheck, hostList } from './hosts.ts';

const place = (address: string, port = 4180) => ({ address, port, family: address.includes(':') ? 'IPv6' : 'IPv4' });
const directly = (host: string | undefined) => ({ host, absolute: false, forwarded: false });

describe('a port on loopback', () => {
  test.each([
    'localhost',
    'localhost:4180',
    'LOCALHOST.:4180',
    'chat.localhost:4180',
    '127.0.0.1:4180',
    '127.8.9.1',
    '[::1]:4180',
    '[::ffff:127.0.0.1]:4180',
    'localhost:8080',
    undefined,
  ])('answers to %s', (host) => {
    for (const address of ['127.0.0.1', '::1']) expect(hostCheck([], place(address))(directly(host))).toBe(true);
  });

  test.each([
    'evil.example',
    'evil.example:4180',
    'evil.example:8080',
    'localhost.evil.example:4180',
    '127.0.0.1.evil.example:4180',
    '127.0.0.1@evil.example:4180',
    'notlocalhost:4180',
    '192.0.2.1:4180',
    '[2001:db8::1]:4180',
    'localhost/evil.example',
    'two hosts',
    '',
    '[',
  ])('does not answer to %s', (host) => {
    for (const address of ['127.0.0.1', '::1']) expect(hostCheck([], place(address))(directly(host))).toBe(false);
  });

  test('answers to the hosts of the option, on any port', () => {
    const check = hostCheck(['Chat.Example', '192.0.2.1', '2001:db8::1', 'bücher.example'], place('127.0.0.1'));
    for (const host of [
      'chat.example',
      'CHAT.example:4180',
      '192.0.2.1:4180',
      '[2001:DB8::1]:4180',
      'xn--bcher-kva.example',
    ]) {
      expect(check(directly(host)), host).toBe(true);
    }
    expect(check(directly('evil.example:4180'))).toBe(false);
    expect(hostCheck(['*'], place('127.0.0.1'))(directly('evil.example:4180'))).toBe(true);
  });

  test('answers to any host that no browser can have sent', () => {
    const check = hostCheck([], place('127.0.0.1'));
    expect(check({ host: 'chat.example', absolute: true, forwarded: false })).toBe(true);
    for (const host of ['chat.example', 'chat.example:8443', 'chat.example:443']) {
      expect(check({ host, absolute: false, forwarded: true }), host).toBe(true);
    }
    // A page can add the header of a proxy, and not another port to its host.
    expect(check({ host: 'evil.example:4180', absolute: false, forwarded: true })).toBe(false);
    expect(hostCheck([], place('127.0.0.1', 80))({ host: 'evil.example', absolute: false, forwarded: true })).toBe(
      false,
    );
    for (const host of ['chat.example:443', 'chat.example:80']) expect(check(directly(host)), host).toBe(true);
    expect(hostCheck([], place('127.0.0.1', 80))(directly('evil.example:80'))).toBe(false);
  });
});

test("any other port answers to every host, or to the option's hosts and IP addresses", () => {
  for (const where of [place('0.0.0.0'), place('::'), place('192.0.2.1'), '/run/http.sock']) {
    expect(hostCheck([], where)(directly('chat.example:4180'))).toBe(true);
    const check = hostCheck(['chat.example'], where);
    expect(check(directly('chat.example:4180'))).toBe(true);
    expect(check(directly('192.0.2.1:4180'))).toBe(true);
    expect(check(directly('localhost:4180'))).toBe(true);
    expect(check(directly('evil.example:4180'))).toBe(false);
  }
});

test('an invalid host is a config error', () => {
  for (const host of ['chat.example', 'localhost', '192.0.2.1', '2001:db8::1', 'bücher.example', '*']) {
    expect(hostList.safeParse([host]).success, host).toBe(true);
  }
  for (const host of [
    'https://chat.example',
    'chat.example:443',
    'chat.example/',
    'a b',
    '',
    '10.0.0.0/8',
    '[::1]:80',
    'me@chat.example',
    '*.chat.example',
  ]) {
    expect(hostList.safeParse([host]).success, host).toBe(false);
  }
});
