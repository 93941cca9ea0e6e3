import type { IncomingMessage } from 'node:http';
import { parseAddress, plainAddress } from 'chatserv';

/** Where a request comes from, and what of its `X-Forwarded-For` was no address where a proxy should have put one. */
export interface Origin {
  readonly address: string;
  readonly nonsense?: string;
}

/**
 * Where a request comes from. Each proxy adds who asked it to the end of `X-Forwarded-For`, with or without a port: read
 * from there, what a trusted proxy says is believed, up to the first address that is not a proxy's.
 */
export function originOf(request: IncomingMessage, isProxy: (address: string) => boolean): Origin {
  let address = plainAddress(request.socket.remoteAddress ?? 'unknown');
  const header = request.headers['x-forwarded-for'] ?? '';
  const hops = (Array.isArray(header) ? header.join(',') : header).split(/[\s,]+/).filter((hop) => hop !== '');
  for (let hop = hops.pop(); hop !== undefined && isProxy(address); hop = hops.pop()) {
    const found = parseAddress(hop);
    if (found === undefined || found.prefix !== undefined) return { address, nonsense: hop };
    address = plainAddress(hop);
  }
  return { address };
}
