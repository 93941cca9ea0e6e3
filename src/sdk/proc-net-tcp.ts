import { createReadStream, existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

/** Where Linux tells of the TCP connections of a network namespace; over IPv6 too. */
const FILES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** How much of them is read, in bytes: a machine with more connections than that is looked after by its system. */
const MOST = 64 * 1024 * 1024;

/** A connection whose retransmission or window probe timer runs: its ends, and how often it has sent in vain. */
const WAITING = / ([0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4}) .. \w{8}:\w{8} 0([14]):\w{8} (\w{8}) +\d+ +(\d+) /;

/** Whether this system tells of its connections, in a form that is known here. */
export const isTold = process.platform === 'linux' && endianness() === 'LE';

/** The connections of this network namespace that have sent something in vain: how often, by their ends. */
export async function unacknowledged(files: readonly string[] = FILES): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const file of files) {
    // Without IPv6 there is no second one.
    if (existsSync(file)) await readInto(found, file);
  }
  return found;
}

async function readInto(found: Map<string, number>, file: string): Promise<void> {
  let rest = '';
  // In pieces, so that others have their turn in between.
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

/** A connection's ends, as `unacknowledged` names them; undefined where it is over already. */
export function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (localAddress === undefined || remoteAddress === undefined) return undefined;
  return `${endOf(localAddress, localPort)} ${endOf(remoteAddress, remotePort)}`;
}

function endOf(address: string, port = 0): string {
  return `${address.includes(':') ? ipv6(address) : ipv4(address)}:${hex(port, 4)}`;
}

/** The bytes of an address as the number that a little-endian machine reads in them. */
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
