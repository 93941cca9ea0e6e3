import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { isIP, isIPv4, isIPv6, type Socket, SocketAddress } from 'node:net';
import { PassThrough } from 'node:stream';
import { VirtualClock } from 'chatserv/testing';
import { readProxyHeader } from '../../../src/sdk/proxied.ts';
import { type ProxyHeader, parseProxyHeader } from '../../../src/sdk/proxy-header.ts';
import { version2 } from '../../support/proxy-header.ts';
import type { Target } from '../engine.ts';
import { type Input, oddPiece, segments } from '../input.ts';
import type { Random } from '../random.ts';

/** How far a header may go, in either version. */
const LONGEST = 4096;

const clock = new VirtualClock();

/**
 * Whatever comes first on a connection of a proxy's, in whatever segments: it is the header that a plain reading of the
 * PROXY protocol finds, it is refused with a reason, or more is needed, and that never past the longest header. What
 * is known of the beginning stays so when more comes, and what follows a header is left whole.
 */
export const proxy: Target = {
  name: 'proxy',
  code: /\/listening\/(proxied|proxy-header)\.ts$/,
  batch: 200,
  make,
  try(input) {
    const bytes = Buffer.concat(input);
    const whole = outcomeOf(bytes);
    if (typeof whole === 'string') match(whole, /^it(s PROXY header| began with no)/);
    deepStrictEqual(whole === undefined || typeof whole === 'string' ? undefined : whole, plainly(bytes));
    if (whole === undefined) ok(bytes.length < LONGEST, 'it waits for ever');
    let end = 0;
    for (const segment of input) {
      end += segment.length;
      const sooner = outcomeOf(bytes.subarray(0, end));
      if (sooner !== undefined) deepStrictEqual(sooner, whole);
    }
    if (typeof whole !== 'object') return undefined;
    ok(whole.length <= bytes.length, 'a header that has not come');
    if (whole.address !== undefined) ok(isIP(whole.address) > 0, whole.address);
    return leavesTheRest(input, bytes.subarray(whole.length));
  },
};

/** The header, why there is none, or undefined while more is needed. */
function outcomeOf(bytes: Buffer): ProxyHeader | string | undefined {
  try {
    return parseProxyHeader(bytes);
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

async function leavesTheRest(input: Input, rest: Buffer): Promise<void> {
  const stream = new PassThrough();
  const reading = readProxyHeader(stream as unknown as Socket, clock);
  for (const segment of input) stream.write(segment);
  stream.end();
  await reading;
  const left: Buffer[] = [];
  for await (const chunk of stream) left.push(chunk as Buffer);
  ok(Buffer.concat(left).equals(rest), 'what follows the header is not whole');
}

/** The header as HAProxy's doc/proxy-protocol.txt has it, with no thought of bytes that are still to come. */
function plainly(bytes: Buffer): ProxyHeader | undefined {
  const text = bytes.toString('latin1');
  const [line, , four, six, source = '', destination = '', ...ports] =
    /^PROXY (UNKNOWN(?: [ -~]*)?|(?:(TCP4)|(TCP6)) ([\d.:a-fA-F]+) ([\d.:a-fA-F]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4}))\r\n/.exec(
      text,
    ) ?? [];
  if (line !== undefined) {
    if (line.length > 107 || ports.some((port) => Number(port) > 65535)) return undefined;
    const { length } = line;
    if (four === undefined && six === undefined) return { address: undefined, length };
    const is = four === undefined ? isIPv6 : isIPv4;
    return is(source) && is(destination) ? { address: asWritten(source), length } : undefined;
  }
  if (!text.startsWith('\r\n\r\n\0\r\nQUIT\n') || bytes.length < 16) return undefined;
  const [command, family] = bytes.subarray(12);
  const length = 16 + bytes.readUInt16BE(14);
  if (length > bytes.length || length > LONGEST) return undefined;
  if (command === 0x20) return { address: undefined, length };
  const addresses = bytes.subarray(16, length);
  if (command !== 0x21) return undefined;
  if (family === 0x00 || (family === 0x31 && addresses.length >= 216)) return { address: undefined, length };
  if (family === 0x11 && addresses.length >= 12) return { address: addresses.subarray(0, 4).join('.'), length };
  if (family !== 0x21 || addresses.length < 36) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => addresses.readUInt16BE(2 * i).toString(16));
  return { address: asWritten(groups.join(':')), length };
}

function asWritten(address: string): string {
  return new SocketAddress({ address, family: isIPv6(address) ? 'ipv6' : 'ipv4' }).address;
}

const ADDRESSES = [
  ...['192.0.2.7', '198.51.100.1', '0.0.0.0', '255.255.255.255', '256.1.1.1', '1.2.3', '01.2.3.4'],
  ...['2001:db8::7', '::', '::1', '::ffff:192.0.2.7', '2001:DB8:0:0:0:0:0:7', 'fe80::1%eth0', '1::2::3', 'localhost'],
];

const PORTS = ['0', '1', '4119', '65535', '65536', '00', '+1', '-1', '1e3', ''];

function make(random: Random): Input {
  const header = random.oneIn(2) ? version1(random) : binary(random);
  const rest = random.oneIn(3) ? oddPiece(random) : Buffer.from('alice\r\ntea-at-four\r\n');
  const cut = random.oneIn(8) ? random.below(header.length + 1) : header.length;
  return segments(Buffer.concat([header.subarray(0, cut), rest]), random);
}

function version1(random: Random): Buffer {
  const family = random.pick(['TCP4', 'TCP4', 'TCP6', 'UNKNOWN', 'UDP4', 'tcp4', '']);
  const words = random.oneIn(6)
    ? random.some(6, () => random.pick([...ADDRESSES, ...PORTS, 'f'.repeat(90)]))
    : [random.pick(ADDRESSES), random.pick(ADDRESSES), random.pick(PORTS), random.pick(PORTS)];
  const end = random.pick(['\r\n', '\r\n', '\r\n', '\n', '\r', ' \r\n', '\r\r\n', '\0\r\n']);
  return Buffer.from(`${['PROXY', family, ...words].join(random.oneIn(20) ? '  ' : ' ')}${end}`);
}

function binary(random: Random): Buffer {
  const command = random.pick([0x21, 0x21, 0x21, 0x20, 0x22, 0x11, 0x00]);
  const family = random.pick([0x11, 0x11, 0x21, 0x21, 0x31, 0x00, 0x12, 0x41]);
  const bytes = Buffer.alloc(random.pick([0, 1, 11, 12, 36, 36, 215, 216, 300, 4080, 4081]));
  for (let i = Math.min(bytes.length, 40); i > 0; i--) bytes[i - 1] = random.pick([0, 0, 0xff, 1, random.below(256)]);
  const header = version2(command, family, bytes.toString('hex'));
  if (random.oneIn(6)) header.writeUInt16BE(random.pick([0, 1, 12, 36, 4080, 4081, 0xffff]), 14);
  return header;
}
