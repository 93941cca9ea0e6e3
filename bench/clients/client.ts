import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Counters } from './counters.ts';
import type { Protocol } from './protocol.ts';
import { sentAt } from './text.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Counts a receipt as the answer to its sender. */
type Credit = (sender: string) => void;

/** One connection that makes load. */
export class Client {
  readonly name: string;
  /** The answer to its login. */
  welcome = '';
  credit: Credit | undefined;
  readonly #socket: Socket;
  readonly #protocol: Protocol;
  readonly #counters: Counters;
  #closed = false;
  #last = '';
  #rest: Buffer | undefined;
  #sent = 0;
  /** Makes the next line; undefined when idle. */
  #next: ((count: number) => string) | undefined;
  #inFlight = 0;
  #whenIdle: (() => void) | undefined;
  #whenAnswer: ((line: string) => void) | undefined;
  /** When the unanswered timed lines were due. */
  #timed: number[] = [];

  constructor(name: string, socket: Socket, protocol: Protocol, counters: Counters) {
    this.name = name;
    this.#socket = socket;
    this.#protocol = protocol;
    this.#counters = counters;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#whenAnswer) this.#whenAnswer('closed');
      else if (!this.#closed) throw new Error(`${name} was disconnected: ${this.#last}`);
    });
  }

  static async connect(name: string, port: number, protocol: Protocol, counters: Counters): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Client(name, socket, protocol, counters);
  }

  /** @throws Error when the server refuses */
  async logIn(): Promise<void> {
    this.welcome = await this.ask(this.#protocol.login(this.name));
    if (!this.#protocol.isIn(this.welcome)) throw new Error(`${this.name} was answered ${this.welcome}`);
  }

  /** Sends lines while nothing is in flight. @returns the first answer */
  async ask(lines: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#whenAnswer = resolve;
    this.#socket.write(lines);
    return promise;
  }

  /** Keeps `inFlight` lines in flight until `stop`. */
  start(inFlight: number, next: (count: number) => string): void {
    this.#next = next;
    this.#inFlight = inFlight;
    this.#sendNext(inFlight);
  }

  /** Stops sending. Resolves once everything is answered. */
  async stop(): Promise<void> {
    this.#next = undefined;
    if (this.#inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenIdle = resolve;
    await promise;
  }

  /** Sends a line, whatever is in flight. @param due when it was to be sent: its latency counts from then */
  sendTimed(line: string, due: number): void {
    this.#timed.push(due);
    this.#socket.write(line);
  }

  /** Counts answers, and sends as many lines again. */
  answered(count: number): void {
    this.#counters.answered += count;
    if (this.#timed.length > 0) {
      const now = performance.now();
      for (const time of this.#timed.splice(0, count)) this.#counters.answers.record(now - time);
    }
    if (this.#next !== undefined) {
      this.#sendNext(count);
    } else if (this.#inFlight > 0) {
      this.#inFlight -= count;
      if (this.#inFlight <= 0) this.#whenIdle?.();
    }
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #sendNext(count: number): void {
    let lines = '';
    for (let i = 0; i < count; i++) lines += this.#next?.(this.#sent++) ?? '';
    this.#socket.write(lines);
  }

  #receive(chunk: Buffer): void {
    const protocol = this.#protocol;
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    let answers = 0;
    this.#last = bytes.toString();
    let last = -1;
    let lastEnd = -1;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      const kind = protocol.kindOf(bytes, start, end);
      if (kind === 'message' && this.#isEcho(bytes, start, end)) {
        answers++;
      } else if (kind === 'message') {
        this.#delivered(bytes, start, end);
        last = start;
        lastEnd = end;
      } else if (kind === 'answer' && !this.#isAsked(bytes, start, end)) {
        answers++;
      }
      start = end + 1;
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : undefined;
    if (last >= 0 && protocol.acknowledge) this.#socket.write(protocol.acknowledge(bytes, last, lastEnd));
    if (answers > 0) this.answered(answers);
  }

  /** Hands an answer to `ask`, if it waits for one. */
  #isAsked(bytes: Buffer, start: number, end: number): boolean {
    const resolve = this.#whenAnswer;
    if (resolve === undefined) return false;
    this.#whenAnswer = undefined;
    resolve(bytes.toString('utf8', start, bytes[end - 1] === CR ? end - 1 : end));
    return true;
  }

  /** Whether a message is its own, which answers it. */
  #isEcho(bytes: Buffer, start: number, end: number): boolean {
    const { echoes, senderOf } = this.#protocol;
    return echoes === true && this.#inFlight > 0 && senderOf?.(bytes, start, end) === this.name;
  }

  #delivered(bytes: Buffer, start: number, end: number): void {
    this.#counters.delivered++;
    const time = sentAt(bytes, this.#protocol.textAt(bytes, start, end), end);
    if (time !== undefined) this.#counters.deliveries.record(performance.now() - time);
    this.credit?.(this.#protocol.senderOf?.(bytes, start, end) ?? '');
  }
}
