import type { Socket } from 'node:net';
import type { Clock } from '../api/clock.ts';
import { type ProxyHeader, parseProxyHeader } from './proxy-header.ts';

/** How long a proxy may take to send its header, in milliseconds. */
const PATIENCE = 5000;

/**
 * Reads a PROXY header from a connection that was just accepted; what follows it stays to be read.
 * @returns the header, or undefined if the connection ended before its first byte, as a proxy's health check does
 * @throws when no complete header comes in time, with what is wrong
 */
export function readProxyHeader(socket: Socket, clock: Clock): Promise<ProxyHeader | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<ProxyHeader | undefined>();
  let read: Buffer = Buffer.alloc(0);

  function look() {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
      read = Buffer.concat([read, chunk as Buffer]);
      try {
        const header = parseProxyHeader(read);
        if (header !== undefined) return found(header);
      } catch (cause) {
        return fail((cause as Error).message);
      }
    }
  }
  function found(header: ProxyHeader) {
    // Before the rest is put back, or it would be read here again.
    leave();
    socket.unshift(read.subarray(header.length));
    resolve(header);
  }
  function fail(why: string) {
    leave();
    reject(new Error(why));
  }
  function ended() {
    if (read.length > 0) return fail('it ended within its PROXY header');
    leave();
    resolve(undefined);
  }
  function leave() {
    late();
    socket.off('readable', look).off('end', ended).off('close', ended);
  }

  const late = clock.after(PATIENCE, () => fail('its PROXY header took too long'));
  socket.on('readable', look).on('end', ended).on('close', ended);
  return promise;
}
