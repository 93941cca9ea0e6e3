import { createReadStream, existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

/** Linux's lists of a network namespace's TCP connections. */
const FILES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** How much of each is read, in bytes; connections after that are left to the system. */
const MOST = 64 * 1024 * 1024;

/** A connection whose retransmission or window probe timer runs: its ends, and how often it retransmitted or probed. */
const WAITING = / ([0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4}) .. \w{8}:\w{8} 0([14]):\w{8} (\w{8}) +\d+ +(\d+) /;

/** Whether this system lists its connections in the format that is parsed here. */
export const isTold = process.platform === 'linux' && endianness() === 'LE';

/** The unacknowledged connections of this network namespace: retransmissions by their ends. */
export async function unacknowledged(files: readonly string[] = FILES): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const file of files) {
    // Without IPv6 there is no second file.
    if (existsSync(file)) await readInto(found, file);
  }
  return found;
}

async function readInto(found: Map<string, number>, file: string): Promise<void> {
  let rest = '';
  // In chunks, so that the event loop is not blocked.
  for await (const chunk of createReadStream(file, { encoding: 'latin1', end: MOST })) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, ends = '', timer, retransmits = '', probes] = WAITING.exec(line) ?? [];
      const times = timer === '1' ? Number.parseInt(retransmits, 16) : Number(probes);
      if (times > 0) found.set(ends, times);
    }
  }
}

/** A connection's key in `unacknowledged`; undefined if it is closed already. */
export function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (localAddress === undefined || remoteAddress === undefined) return undefined;
  // Joined, it is one string; a template would be a tree of them, kept as long as the connection.
  return [endOf(localAddress, localPort), endOf(remoteAddress, remotePort)].join(' ');
}

function endOf(address: string, port = 0): string {
  return `${address.includes(':') ? ipv6(address) : ipv4(address)}:${hex(port, 4)}`;
}

/** The bytes of an address as a little-endian number. */
function ipv4(address: string): string {
  return address
    .split('.')
    .map((byte) => hex(Number(byte), 2))
    .reverse()
    .join('');
}

/** Four such numbers. */
function ipv6(address: string): string {
  const { address: short } = new SocketAddress({ address: address.replace(/%.*/, ''), family: 'ipv6' });
  const [dotted] = /\d+\.\d+\.\d+\.\d+$/.exec(short) ?? [];
  const tail = dotted === undefined ? [] : dotted.split('.').map((byte) => hex(Number(byte), 2));
  const [left = '', right] = short.slice(0, short.length - (dotted?.length ?? 0)).split('::');
  const groups = (text = '') =>
    text
      .split(':')
      .filter((group) => group !== '')
      .map((group) => group.padStart(4, '0').toUpperCase());
  const [before, after] = [groups(left).join(''), `${groups(right).join('')}${tail.join('')}`];
  const whole = before + '0'.repeat(32 - before.length - after.length) + after;
  return (whole.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join('')).join('');
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
