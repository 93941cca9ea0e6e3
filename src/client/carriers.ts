import type { Duplex } from 'node:stream';

/** A connection to a server, which carries JSON lines. */
export interface Carrier {
  /** Sends one line. @param line without its line end */
  send(line: string): void;
  /** Closes the connection at once. */
  close(): void;
}

/** The callbacks of a carrier. */
export interface CarrierEvents {
  /** The connection is open: lines can be sent. */
  opened(): void;
  /** The server sent a line. @param text without its line end */
  line(text: string): void;
  /** The connection was closed by either side, or could not be opened. @param why the error, if there was one */
  closed(why?: string): void;
}

/** Opens a connection. Returns at once; the carrier can be closed before it is open. */
export type OpenCarrier = (events: CarrierEvents) => Carrier;

/** The longest line that a server may send, in characters. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Carries lines over a byte stream: a socket, plain or with TLS, or a pair in memory.
 * @param connect opens a new stream, which may still be connecting
 */
export function overStream(connect: () => Duplex): OpenCarrier {
  return (events) => {
    const stream: Duplex & { readonly connecting?: boolean; readonly encrypted?: boolean } = connect();
    if (!stream.connecting) queueMicrotask(() => events.opened());
    else stream.once(stream.encrypted ? 'secureConnect' : 'connect', () => events.opened());
    const decoder = new TextDecoder();
    let rest = '';
    stream.on('data', (chunk: Uint8Array) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.line(line);
      if (rest.length > MAX_LINE) stream.destroy(new Error('the server sent an endless line'));
    });
    let fault: string | undefined;
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      // If a name has several addresses and none of them answers, there is no message.
      fault = cause.message || cause.code;
    });
    stream.once('end', () => stream.end());
    stream.once('close', () => events.closed(fault));
    return { send: (line) => void stream.write(`${line}\n`), close: () => stream.destroy() };
  };
}

/** The part of a WebSocket, a browser's or Node's, that is used. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Carries lines over a WebSocket, one per message. @param connect opens a new WebSocket */
export function overWebSocket(connect: () => WebSocketLike): OpenCarrier {
  return (events) => {
    const socket = connect();
    let open = false;
    socket.addEventListener('open', () => {
      open = true;
      events.opened();
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.line(data);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (reason !== '') events.closed(reason);
      else if (!open) events.closed('unreachable');
      else events.closed(code === 1000 ? undefined : `code ${code}`);
    });
    return { send: (line) => socket.send(line), close: () => socket.close() };
  };
}
