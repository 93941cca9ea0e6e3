import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

const LF = 0x0a;

/** How many frames of a client are read while it is being closed: those that it sent before it learned of that. */
const LAST_FRAMES = 1000;

/** A WebSocket as the stream of lines that a session reads and writes: each message is one line, without its end. */
export class MessageStream extends Duplex {
  readonly #socket: WebSocket;
  /** Whether the client was heard of since it was last asked. */
  #heard = true;
  /** How many frames came since it is being closed. */
  #lastFrames = 0;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#hear();
      this.#receive(data);
    });
    socket.on('ping', () => this.#hear()).on('pong', () => this.#hear());
    socket.on('error', (cause) => this.destroy(cause));
    socket.once('close', () => this.push(null));
  }

  /** Asks whether the client is still there, and ends a connection on which nothing was heard since the last time. */
  ping(): void {
    if (!this.#heard) {
      this.destroy();
      return;
    }
    this.#heard = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #hear(): void {
    this.#heard = true;
    // Reading on shows that the client has closed its side too; a flood costs more than that is worth.
    if (this.writableEnded && ++this.#lastFrames === LAST_FRAMES) this.#socket.pause();
  }

  #receive(data: RawData): void {
    if (this.writableEnded) return;
    const bytes = data as Buffer;
    // Between the tokens of JSON a line end is a blank like any other; here it would end the line.
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
      this.#socket.send(chunk.subarray(start, end), { binary: false }, last ? done : undefined);
      start = end + 1;
    }
    if (start < chunk.length) this.#socket.send(chunk.subarray(start), { binary: false }, done);
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
