import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

const [LF, CR] = [0x0a, 0x0d];

/** How many frames are read while the connection closes: the client sent them before it knew. */
const LAST_FRAMES = 1000;

/** A WebSocket as a stream of lines: each message is one line, without its end. */
export class MessageStream extends Duplex {
  readonly #socket: WebSocket;
  /** The type of the messages that are sent. */
  readonly #type: { readonly binary: boolean };
  /** Whether anything was received since the last ping. */
  #alive = true;
  /** The number of frames received while closing. */
  #lastFrames = 0;

  /** @param binary whether to send binary messages */
  constructor(socket: WebSocket, binary: boolean) {
    super();
    this.#socket = socket;
    this.#type = { binary };
    socket.on('message', (data) => {
      this.#received();
      this.#receive(data);
    });
    socket.on('ping', () => this.#received()).on('pong', () => this.#received());
    socket.on('error', (cause) => this.destroy(cause));
    socket.once('close', () => this.push(null));
  }

  /** Pings the client, or cuts the connection if nothing was received since the last ping. */
  ping(): void {
    if (!this.#alive) {
      this.destroy();
      return;
    }
    this.#alive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #received(): void {
    this.#alive = true;
    // Keeps reading to see the client close its side, but not for the price of a flood.
    if (this.writableEnded && ++this.#lastFrames === LAST_FRAMES) this.#socket.pause();
  }

  #receive(data: RawData): void {
    if (this.writableEnded) return;
    const bytes = withoutEnd(data as Buffer);
    // JSON allows line ends between tokens. On this stream they would end the line.
    const line = bytes.includes(LF) ? Buffer.from(bytes.toString('latin1').replaceAll('\n', ' '), 'latin1') : bytes;
    if (!this.push(Buffer.concat([line, Buffer.of(LF)]))) this.#socket.pause();
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const last = end + 1 === chunk.length;
      const textEnd = chunk[end - 1] === CR ? end - 1 : end;
      this.#socket.send(chunk.subarray(start, textEnd), this.#type, last ? done : undefined);
      start = end + 1;
    }
    if (start < chunk.length) this.#socket.send(chunk.subarray(start), this.#type, done);
    else if (chunk.length === 0) done();
  }

  override _final(done: () => void): void {
    if (this.#socket.readyState === this.#socket.CLOSED) {
      done();
      return;
    }
    this.#socket.once('close', () => done());
    this.#socket.close(1000);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}

/** A message without a line end at its end. */
function withoutEnd(message: Buffer): Buffer {
  if (message.at(-1) !== LF) return message;
  return message.subarray(0, message.at(-2) === CR ? -2 : -1);
}
