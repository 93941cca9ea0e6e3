import type { IncomingMessage } from 'node:http';
import { parseAddress, plainAddress } from 'chatserv';

/** The address that a request comes from, and a part of `X-Forwarded-For` that should be an address but is not. */
export interface Origin {
  readonly address: string;
  readonly nonsense?: string;
}

/**
 * Where a request comes from. Each proxy appends the address of its client to `X-Forwarded-For`, with or without a port.
 * So the header is read from its end, for as long as the address before was a trusted proxy's.
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
