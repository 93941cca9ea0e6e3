import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from 'chatserv';

/**
 * Where a request comes from. Each proxy adds who asked it to the end of `X-Forwarded-For`: read from there, what a
 * trusted proxy says is believed, up to the first address that is not a proxy's.
 */
export function addressOf(request: IncomingMessage, isProxy: (address: string) => boolean): string {
  let address = plainAddress(request.socket.remoteAddress ?? 'unknown');
  const header = request.headers['x-forwarded-for'] ?? '';
  const asked = (Array.isArray(header) ? header.join(',') : header).split(',').map((one) => plainAddress(one.trim()));
  for (let next = asked.pop(); next !== undefined && isProxy(address) && isIP(next) > 0; next = asked.pop()) {
    address = next;
  }
  return address;
}
