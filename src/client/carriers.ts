import type { Duplex } from 'node:stream';

/** Carries JSON lines to a server. */
export interface Carrier {
  /** Sends one line, given without its end. */
  send(line: string): void;
  /** Closes it at once. */
  close(): void;
}

/** The callbacks of a carrier. */
export interface CarrierEvents {
  /** Lines can be sent from now on. */
  opened(): void;
  /** A line of the server, without its end. */
  line(text: string): void;
  /** It was closed by either side, or could not be opened. @param why what went wrong, if anything did */
  closed(why?: string): void;
}

/** Begins to connect to a server. It can be closed before it is open. */
export type OpenCarrier = (events: CarrierEvents) => Carrier;

/** The longest line that a server may send, in characters. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Carries lines over byte streams: sockets, plain or with TLS, and pairs in memory.
 * @param connect makes a new stream, which may still be connecting
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
      if (rest.length > MAX_LINE) stream.destroy(new Error('the server sends a line without an end'));
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

/** The part of a WebSocket that is used, in a browser or Node. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Carries lines over WebSockets, one a message. @param connect makes a new one */
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
      else if (!open) events.closed('there is no connection');
      else events.closed(code === 1000 ? undefined : `code ${code}`);
    });
    return { send: (line) => socket.send(line), close: () => socket.close() };
  };
}
