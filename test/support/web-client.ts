import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { JsonClient } from 'chatserv/testing';
import { type ClientOptions, WebSocket } from 'ws';

/** A client's WebSocket as a stream of lines, a message each. */
class Lines extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => this.push(`${data}\n`));
    socket.once('close', () => {
      this.push(null);
      this.destroy();
    });
    socket.on('error', () => {});
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#socket.send(String(chunk).replace(/\n$/, ''), () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}

/** Opens a WebSocket. @param where host and port @throws when it is refused */
export async function openWebSocket(
  where: string,
  options: ClientOptions = {},
  path = '/ws',
  subprotocols: readonly string[] = [],
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${where}${path}`, [...subprotocols], options);
  // What comes with the end of the handshake must find somebody listening.
  const opened = once(socket, 'open');
  await opened;
  return socket;
}

/** Connects a client that speaks JSON over a WebSocket. */
export async function connectWeb(where: string, options: ClientOptions = {}): Promise<JsonClient> {
  return new JsonClient(new Lines(await openWebSocket(where, options)));
}
