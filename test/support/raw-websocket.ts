import type { TcpNetConnectOpts } from 'node:net';
import { Raw } from './attacker.ts';

/** The headers of an opening handshake. */
export const HANDSHAKE = {
  Host: 'localhost',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

/** A request to open a WebSocket. */
export function handshake(headers: Readonly<Record<string, string | undefined>>, line = 'GET /ws HTTP/1.1'): string {
  const lines = Object.entries(headers).filter(([, value]) => value !== undefined);
  return `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A client's frame (RFC 6455), masked with zeros. @param head FIN, the reserved bits and the opcode */
export function frame(head: number, payload: Buffer | number): Buffer {
  const length = typeof payload === 'number' ? payload : payload.length;
  const size = length < 126 ? Buffer.of(0x80 | length) : length < 65_536 ? Buffer.alloc(3) : Buffer.alloc(9);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  if (size.length > 1) size[0] = 0x80 | (size.length === 3 ? 126 : 127);
  const body = typeof payload === 'number' ? Buffer.alloc(0) : payload;
  return Buffer.concat([Buffer.of(head), size, Buffer.alloc(4), body]);
}

/** Opens a WebSocket, of which only bytes are known. @param more see `Raw` */
export async function upgraded(
  where: { host: string; port: number },
  more: Partial<TcpNetConnectOpts> = {},
): Promise<Raw> {
  const raw = new Raw(where, undefined, more);
  raw.writes(handshake(HANDSHAKE));
  await raw.sees(/^HTTP\/1\.1 101 /);
  return raw;
}
