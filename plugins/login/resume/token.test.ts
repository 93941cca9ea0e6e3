import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claims, sign, verify } from './token.ts';

const KEY = randomBytes(32);
const NOW = Date.UTC(2026, 0, 1);
const LIFETIME = 1000_000;

const CLAIMS: Claims = {
  account: 7,
  epoch: 2 ** 48 - 2,
  device: 'b3J0aG9kb3g',
  deviceName: 'phone',
  deviceEpoch: 5,
  provider: 'password',
  issued: NOW,
  expires: NOW + LIFETIME,
};

const anyClaims = fc.record({
  account: fc.maxSafeNat(),
  epoch: fc.maxSafeNat(),
  device: fc.string({ maxLength: 20 }),
  deviceName: fc.string({ maxLength: 20 }),
  deviceEpoch: fc.maxSafeNat(),
  provider: fc.string({ maxLength: 20 }),
  issued: fc.constant(NOW),
  expires: fc.constant(NOW + LIFETIME),
});

const isValid = (token: string, now = NOW, lifetime = LIFETIME, key: Uint8Array = KEY) =>
  verify(token, key, now, lifetime) !== undefined;

describe('a token', () => {
  test('contains what it was issued for', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        expect(verify(sign(claims, KEY), KEY, NOW, LIFETIME)).toEqual(claims);
      }),
    );
  });

  test('is refused with any character changed, removed or inserted', () => {
    const token = sign(CLAIMS, KEY);
    const character = fc.oneof(fc.constantFrom(...'AZaz09-_.=+/ '), fc.string({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(fc.nat(token.length), fc.nat(1), fc.option(character, { nil: '' }), (at, cut, put) => {
        const other = token.slice(0, at) + put + token.slice(at + cut);
        fc.pre(other !== token);
        expect(isValid(other)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('is refused if its parts are from different tokens', () => {
    fc.assert(
      fc.property(anyClaims, anyClaims, (one, two) => {
        const [tokens, key] = [[sign(one, KEY), sign(two, KEY)].map((token) => token.split('.')), KEY];
        fc.pre(tokens[0]?.[1] !== tokens[1]?.[1]);
        expect(isValid(['v2', tokens[0]?.[1], tokens[1]?.[2]].join('.'), NOW, LIFETIME, key)).toBe(false);
      }),
    );
  });

  test('is refused if it is signed with another key, an empty one or none', () => {
    const [, body = '', mac = ''] = sign(CLAIMS, KEY).split('.');
    expect(isValid(sign(CLAIMS, randomBytes(32)))).toBe(false);
    expect(isValid(sign(CLAIMS, new Uint8Array()))).toBe(false);
    for (const none of ['', '.', 'A'.repeat(43), 'none']) expect(isValid(`v2.${body}.${none}`)).toBe(false);
    const other = (algorithm: string, key: Uint8Array | string) =>
      createHmac(algorithm, key).update(`chatserv resume v2.${body}`).digest('base64url');
    expect(isValid(`v2.${body}.${other('sha256', KEY)}`)).toBe(true);
    for (const algorithm of ['sha512', 'sha1', 'md5'])
      expect(isValid(`v2.${body}.${other(algorithm, KEY)}`)).toBe(false);
    for (const version of ['v1', 'v3', 'none', 'HS256', '', 'V2'])
      expect(isValid(`${version}.${body}.${mac}`)).toBe(false);
  });

  test('is refused in the earlier format, which was signed with the hash of the password', () => {
    const claim = `${Buffer.from('alice').toString('base64url')}.${NOW + 1000}`;
    const mac = createHmac('sha256', '').update(`resume ${claim}`).digest('base64url');
    expect(isValid(`${claim}.${mac}`)).toBe(false);
  });

  test('is refused if it is any other text, of any length', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !isValid(text)));
    const long = 'A'.repeat(10_000_000);
    for (const text of [long, `v2.${long}.${'A'.repeat(43)}`, '.'.repeat(1000)]) expect(isValid(text)).toBe(false);
  });
});

describe('how long a token is valid', () => {
  const token = sign(CLAIMS, KEY);

  test('is its own lifetime', () => {
    expect(isValid(token, NOW + LIFETIME - 1)).toBe(true);
    expect(isValid(token, NOW + LIFETIME)).toBe(false);
  });

  test('is at most the configured lifetime', () => {
    const forever = sign({ ...CLAIMS, expires: NOW + 3650 * 86_400_000 }, KEY);
    expect(isValid(forever, NOW + LIFETIME - 1)).toBe(true);
    expect(isValid(forever, NOW + LIFETIME)).toBe(false);
    expect(isValid(token, NOW + 500, 500)).toBe(false);
  });

  test('does not begin in the future, which only a wrong clock can have issued', () => {
    const early = { ...CLAIMS, issued: NOW + 400 * 86_400_000, expires: NOW + 401 * 86_400_000 };
    expect(isValid(sign(early, KEY))).toBe(false);
    expect(isValid(token, NOW - 60_000)).toBe(true);
  });
});
