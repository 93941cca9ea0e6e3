import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxyHeader } from '../../src/sdk/proxy-header.ts';
import { SIGNATURE, version2 } from '../support/proxy-header.ts';

const IPV6 = '2001:db8::7';
const IPV6_BYTES = '20010db8000000000000000000000007';
const PORTS = '12671017';

/** Headers as they are on the wire, and the address that each gives. */
const GOOD: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['TCP4', Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 4711 4119\r\n'), '192.0.2.7'],
  ['TCP6', Buffer.from(`PROXY TCP6 ${IPV6} ::1 4711 4119\r\n`), IPV6],
  ['TCP6, spelt out', Buffer.from('PROXY TCP6 2001:0DB8:0:0:0:0:0:7 ::1 0 65535\r\n'), IPV6],
  ['TCP6, mapped', Buffer.from('PROXY TCP6 ::ffff:192.0.2.7 ::1 1 1\r\n'), '::ffff:192.0.2.7'],
  ['UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['UNKNOWN, the longest', Buffer.from(`PROXY UNKNOWN ${'f'.repeat(91)}\r\n`), undefined],
  ['v2 over IPv4', version2(0x21, 0x11, `c0000207c6336401${PORTS}`), '192.0.2.7'],
  ['v2 over IPv6', version2(0x21, 0x21, IPV6_BYTES + '0'.repeat(31) + 1 + PORTS), IPV6],
  ['v2 mapped', version2(0x21, 0x21, `${'0'.repeat(20)}ffffc0000207${'0'.repeat(31)}1${PORTS}`), '::ffff:192.0.2.7'],
  ['v2 with extensions', version2(0x21, 0x11, `c0000207c6336401${PORTS}${'0400030a0b0c'.repeat(600)}`), '192.0.2.7'],
  ['v2 over a Unix socket', version2(0x21, 0x31, '2f'.repeat(216)), undefined],
  ['v2 unspecified', version2(0x21, 0x00, ''), undefined],
  ['v2 LOCAL', version2(0x20, 0x00, ''), undefined],
  ['v2 LOCAL, with addresses', version2(0x20, 0x11, `c0000207c6336401${PORTS}`), undefined],
];

const BAD: readonly (readonly [string, Buffer | string])[] = [
  ['a user name', 'alice\n'],
  ['lower case', 'proxy TCP4 192.0.2.7 198.51.100.1 1 1\r\n'],
  ['one byte', '\n'],
  ['no carriage return', 'PROXY TCP4 192.0.2.7 198.51.100.1 1 1\n'],
  ['a lone carriage return', 'PROXY TCP4 192.0.2.7 198.51.100.1 1 1\r '],
  ['another family', 'PROXY UDP4 192.0.2.7 198.51.100.1 1 1\r\n'],
  ['nothing more', 'PROXY \r\n'],
  ['an address of the other family', 'PROXY TCP4 ::1 ::1 1 1\r\n'],
  ['an IPv4 address as IPv6', 'PROXY TCP6 192.0.2.7 192.0.2.7 1 1\r\n'],
  ['a zone', 'PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n'],
  ['leading zeros', 'PROXY TCP4 192.0.02.7 198.51.100.1 1 1\r\n'],
  ['a port too high', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 1\r\n'],
  ['a port that is none', 'PROXY TCP4 192.0.2.7 198.51.100.1 +1 1\r\n'],
  ['a port missing', 'PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n'],
  ['a word too many', 'PROXY TCP4 192.0.2.7 198.51.100.1 1 1 1\r\n'],
  ['two blanks', 'PROXY TCP4  192.0.2.7 198.51.100.1 1 1\r\n'],
  ['bytes that are no ASCII', 'PROXY UNKNOWN \u00e9\r\n'],
  ['108 bytes', `PROXY UNKNOWN ${'f'.repeat(92)}\r\n`],
  ['no end', `PROXY UNKNOWN ${'f'.repeat(200)}`],
  ['v2 signature that breaks off', Buffer.from('0d0a0d0a000d0a515549540b', 'hex')],
  ['v2 of version 1', version2(0x11, 0x11, `c0000207c6336401${PORTS}`)],
  ['v2 of another command', version2(0x22, 0x11, `c0000207c6336401${PORTS}`)],
  ['v2 of datagrams', version2(0x21, 0x12, `c0000207c6336401${PORTS}`)],
  ['v2 of another family', version2(0x21, 0x41, `c0000207c6336401${PORTS}`)],
  ['v2 with addresses too short', version2(0x21, 0x21, `c0000207c6336401${PORTS}`)],
  ['v2 longer than it may be', Buffer.concat([SIGNATURE, Buffer.from('2111ffff', 'hex')])],
];

describe('a header', () => {
  test.each(GOOD)('%s: gives the address, and ends where it ends', (_what, header, address) => {
    const found = parseProxyHeader(Buffer.concat([header, Buffer.from('alice\n')]));
    expect(found).toEqual({ address, length: header.length });
  });

  test.each(GOOD)('%s: is waited for until it is whole', (_what, header) => {
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(header.subarray(0, length))).toBeUndefined();
    }
  });

  test.each(BAD)('%s: is refused', (_what, bytes) => {
    expect(() => parseProxyHeader(Buffer.from(bytes as string))).toThrow(/^it(s PROXY header| began with no)/);
  });
});

test('whatever comes, it is a header, refused, or more is needed, and that never for long', () => {
  const starts = fc.constantFrom(...GOOD.map(([, header]) => header), ...BAD.map(([, bytes]) => Buffer.from(bytes)));
  const bytes = fc.tuple(starts, fc.nat(300), fc.uint8Array({ maxLength: 5000 }));
  fc.assert(
    fc.property(bytes, ([start, cut, rest]) => {
      const given = Buffer.concat([start.subarray(0, cut), rest]);
      try {
        const header = parseProxyHeader(given);
        if (header === undefined) expect(given.length).toBeLessThan(4096);
        else expect(header.length).toBeLessThanOrEqual(given.length);
      } catch (cause) {
        expect((cause as Error).message).toMatch(/^it/);
      }
    }),
  );
});
