import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRefusal } from 'chatserv';
import { STATUS_CODES } from './node-http.ts';

/** The default headers of every response, which allow nothing. A handler that serves pages overrides them. */
export const STRICT: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers a request with a sentence. */
export function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

/** Refuses an upgrade with a sentence, and closes the connection. */
export function refuseUpgrade(socket: Duplex, { status, text }: UpgradeRefusal): void {
  const body = `${text}\n`;
  const headers = {
    ...STRICT,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // A refused client that never closes its side must not keep the connection.
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
