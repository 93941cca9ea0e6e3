import type { Duplex } from 'node:stream';

/** Carries JSON lines to a server. */
export interface Carrier {
  /** Sends one line, given without its end. */
  send(line: string): void;
  /** Closes it at once. */
  close(): void;
}

/** What a carrier hands in. */
export interface CarrierEvents {
  /** A line of the server, without its end. */
  line(text: string): void;
  /** It is closed, whoever closed it. @param why what went wrong, where something did */
  closed(why?: string): void;
}

/** Connects to a server. @throws when there is no connection; the error's message says why */
export type OpenCarrier = (events: CarrierEvents) => Promise<Carrier>;

/** The longest line that a server may send, in characters: more is not kept for it. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Carries lines over byte streams: sockets, plain or with TLS, and pairs in memory.
 * @param connect makes a new stream, which may still be connecting
 */
export function overStream(connect: () => Duplex): OpenCarrier {
  return async (events) => {
    const stream = connect();
    let fault: string | undefined;
    stream.on('error', (cause) => {
      fault = cause.message;
    });
    await connected(stream);
    const decoder = new TextDecoder();
    let rest = '';
    stream.on('data', (chunk: Uint8Array) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.line(line);
      if (rest.length > LONGEST) stream.destroy(new Error('the server sends a line without an end'));
    });
    stream.once('end', () => stream.end());
    stream.once('close', () => events.closed(fault));
    return { send: (line) => void stream.write(`${line}\n`), close: () => stream.destroy() };
  };
}

/** Awaits that a socket has its connection; other streams have theirs. */
function connected(stream: Duplex & { readonly connecting?: boolean; readonly encrypted?: boolean }): Promise<void> {
  if (!stream.connecting) return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.once(stream.encrypted ? 'secureConnect' : 'connect', resolve);
  stream.once('error', reject);
  stream.once('close', () => reject(new Error('the connection was closed')));
  return promise;
}

/** What is needed of a WebSocket: a browser's, and that of Node. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Carries lines over WebSockets, one a message. @param connect makes a new one */
export function overWebSocket(connect: () => WebSocketLike): OpenCarrier {
  return (events) => {
    const { promise, resolve, reject } = Promise.withResolvers<Carrier>();
    const socket = connect();
    socket.addEventListener('open', () => {
      resolve({ send: (line) => socket.send(line), close: () => socket.close() });
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.line(data);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      // Once it was open, a promise does not mind.
      reject(new Error(reason || 'there is no connection'));
      events.closed(reason || (code === 1000 ? undefined : `code ${code}`));
    });
    return promise;
  };
}
