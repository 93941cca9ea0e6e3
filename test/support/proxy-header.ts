/** What a header of the PROXY protocol's version 2 begins with. */
export const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/**
 * A header of the PROXY protocol, version 2.
 * @param command version and command: 0x21 is PROXY, 0x20 LOCAL
 * @param family address family and protocol: 0x11 is TCP over IPv4
 * @param rest addresses, ports and extensions, in hexadecimal
 */
export function version2(command: number, family: number, rest: string): Buffer {
  const length = rest.length / 2;
  return Buffer.concat([SIGNATURE, Buffer.of(command, family, length >> 8, length & 0xff), Buffer.from(rest, 'hex')]);
}
