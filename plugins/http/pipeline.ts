import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How much of what a client sent is parsed at once, in bytes: a request of a browser, or some dozens of the shortest. */
const SLICE = 2048;

/** How much of a body is read and dropped after its request was answered, in bytes. */
const UNWANTED = 65_536;

interface Waiting {
  readonly request: IncomingMessage;
  readonly answer: () => void;
}

/**
 * One connection's requests, answered one at a time. Node parses whatever has come and calls the handler for each
 * request in it; here nothing is parsed while a request waits for its answer, so what a client sends ahead stays in
 * the socket's buffer and then in the system's.
 */
export class Pipeline {
  readonly #socket: Socket;
  /** Node's listener, which feeds its parser. */
  readonly #parse: (chunk: Buffer) => void;
  /** The request that is being answered, and those that came in the same slice. */
  #waiting: Waiting[] = [];
  /** A request whose answer is sent while its body still comes. */
  #dropping: IncomingMessage | undefined;
  #dropped = 0;
  #left = false;

  /** @param socket that of a connection which Node's HTTP server has just taken up */
  constructor(socket: Socket) {
    const [parse] = socket.listeners('data');
    if (parse === undefined) throw new Error("Node's HTTP server reads its sockets in another way");
    this.#socket = socket;
    this.#parse = parse as (chunk: Buffer) => void;
    socket.off('data', this.#parse).on('data', this.#read).on('drain', this.#goOn);
  }

  /** Takes in a request that was parsed. @param answer called when the requests before it are answered */
  add(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const waiting = { request, answer };
    response.once('close', () => {
      // Between two requests of one client others have their turn.
      setImmediate(() => this.#answered(waiting));
    });
    if (this.#waiting.push(waiting) === 1) answer();
  }

  /** Lets go of a connection that speaks another protocol from here on. @returns whether no request waits for its answer */
  leave(): boolean {
    this.#left = true;
    this.#socket.off('data', this.#read).off('drain', this.#goOn);
    return this.#waiting.length === 0;
  }

  #read = (chunk: Buffer): void => {
    if (!this.#mayRead) {
      this.#hold(chunk);
      return;
    }
    const slice = chunk.subarray(0, SLICE);
    if (slice.length < chunk.length) this.#hold(chunk.subarray(SLICE));
    if (this.#isUnwanted(slice.length)) {
      this.#socket.destroy();
      return;
    }
    this.#parse(slice);
    this.#goOn();
  };

  /** Whether the next bytes belong to the request that is being answered, or none is. */
  get #mayRead(): boolean {
    const [first, next] = this.#waiting;
    if (next !== undefined || this.#socket.writableNeedDrain) return false;
    return first === undefined || !first.request.complete;
  }

  #hold(chunk: Buffer): void {
    this.#socket.pause();
    this.#socket.unshift(chunk);
  }

  #isUnwanted(bytes: number): boolean {
    if (this.#dropping === undefined || this.#dropping.complete) return false;
    this.#dropped += bytes;
    return this.#dropped > UNWANTED;
  }

  #goOn = (): void => {
    if (this.#left || this.#socket.destroyed) return;
    const request = this.#waiting[0]?.request;
    if (!this.#mayRead) this.#socket.pause();
    // Who reads a body resumes it when there is room.
    else if (request === undefined || request.readableLength < request.readableHighWaterMark) this.#socket.resume();
  };

  #answered(waiting: Waiting): void {
    this.#waiting = this.#socket.destroyed ? [] : this.#waiting.filter((other) => other !== waiting);
    this.#dropping = waiting.request.complete ? undefined : waiting.request;
    this.#dropped = 0;
    this.#waiting[0]?.answer();
    this.#goOn();
  }
}
