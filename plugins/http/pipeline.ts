import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many bytes are parsed at once: a browser's request, or dozens of the shortest ones. */
const SLICE = 2048;

/** How many bytes of a body are read and dropped after its request was answered. */
const UNWANTED = 65_536;

interface Waiting {
  readonly request: IncomingMessage;
  readonly answer: () => void;
}

/**
 * One connection's requests, answered one at a time. Node parses everything that has arrived and calls the handler for
 * each request in it. Here nothing is parsed while a request is being answered, so pipelined requests stay in the
 * socket's buffer and then in the system's.
 */
export class Pipeline {
  readonly #socket: Socket;
  /** Node's listener, which feeds its parser. */
  readonly #parse: (chunk: Buffer) => void;
  /** The request being answered, and those parsed in the same slice. */
  #waiting: Waiting[] = [];
  /** A request that was answered before its body had arrived. */
  #dropping: IncomingMessage | undefined;
  #dropped = 0;
  #left = false;

  /** @param socket the socket of a connection that Node's HTTP server has just accepted */
  constructor(socket: Socket) {
    const [parse] = socket.listeners('data');
    if (parse === undefined) throw new Error("Node's HTTP server reads its sockets in another way");
    this.#socket = socket;
    this.#parse = parse as (chunk: Buffer) => void;
    socket.off('data', this.#parse).on('data', this.#read).on('drain', this.#goOn);
  }

  /** Queues a parsed request. @param answer called when the requests before it are answered */
  add(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const waiting = { request, answer };
    response.once('close', () => {
      // Other clients get a turn between two requests of one client.
      setImmediate(() => this.#answered(waiting));
    });
    if (this.#waiting.push(waiting) === 1) answer();
  }

  /** Releases a connection that switches to another protocol. @returns false if a request is still unanswered */
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

  /** Whether no request is being answered, or the next bytes belong to the one that is. */
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
    // The reader of a body resumes it when there is room.
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
