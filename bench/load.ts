/** Clients that make load: they send as fast as answers come, and count what arrives. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const LF = 0x0a;
const BRACKET = 0x5b;
const COLON = 0x3a;
const STAMP_LENGTH = '[2026-01-01T00:00:00Z]'.length;
/** One message in so many carries the time at which it was sent. */
const TIMED = 16;

/** What all clients of a run count together. */
export class Tally {
  delivered = 0;
  answered = 0;
  /** From send to receipt, in milliseconds. */
  latencies: number[] = [];
}

export class Client {
  readonly name: string;
  readonly #socket: Socket;
  readonly #tally: Tally;
  #rest: Buffer | undefined;
  #sent = 0;
  /** What is sent next; undefined when nothing more is. */
  #next: ((count: number) => string) | undefined;
  #inFlight = 0;
  #whenIdle: (() => void) | undefined;
  #whenAnswer: ((line: string) => void) | undefined;

  private constructor(name: string, socket: Socket, tally: Tally) {
    this.name = name;
    this.#socket = socket;
    this.#tally = tally;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static async logIn(name: string, port: number, tally: Tally): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const client = new Client(name, socket, tally);
    const welcome = await client.ask(name);
    if (welcome !== 'welcome') throw new Error(`${name} was answered ${welcome}`);
    return client;
  }

  async ask(line: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#whenAnswer = resolve;
    this.#socket.write(`${line}\n`);
    return promise;
  }

  /** Keeps so many lines in flight until `stop`. */
  start(inFlight: number, next: (count: number) => string): void {
    this.#next = next;
    this.#inFlight = inFlight;
    let lines = '';
    for (let i = 0; i < inFlight; i++) lines += next(this.#sent++);
    this.#socket.write(lines);
  }

  /** Sends no more. @returns when everything is answered */
  async stop(): Promise<void> {
    this.#next = undefined;
    if (this.#inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenIdle = resolve;
    await promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    let answers = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      if (bytes[start] === BRACKET) this.#delivered(bytes, start, end);
      else if (this.#whenAnswer !== undefined) {
        this.#whenAnswer(bytes.toString('utf8', start, end));
        this.#whenAnswer = undefined;
      } else answers++;
      start = end + 1;
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : undefined;
    if (answers > 0) this.#answered(answers);
  }

  #delivered(bytes: Buffer, start: number, end: number): void {
    this.#tally.delivered++;
    const text = bytes.indexOf(COLON, start + STAMP_LENGTH) + 2;
    if (bytes[text] !== 0x54) return;
    this.#tally.latencies.push(performance.now() - Number.parseFloat(bytes.toString('latin1', text + 1, end)));
  }

  #answered(count: number): void {
    this.#tally.answered += count;
    if (this.#next === undefined) {
      this.#inFlight -= count;
      if (this.#inFlight === 0) this.#whenIdle?.();
      return;
    }
    let lines = '';
    for (let i = 0; i < count; i++) lines += this.#next(this.#sent++);
    this.#socket.write(lines);
  }
}

/** A text of 100 bytes; now and then it says when it was sent. */
export function text(count: number): string {
  return (count % TIMED === 0 ? `T${performance.now()} ` : '').padEnd(100, 'x');
}

/** Logs in `u0`, `u1`, ... */
export async function logInAll(count: number, port: number, tally: Tally, from = 0): Promise<Client[]> {
  const clients: Client[] = [];
  const AT_ONCE = 50;
  for (let first = 0; first < count; first += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => `u${from + first + i}`);
    clients.push(...(await Promise.all(names.map((name) => Client.logIn(name, port, tally)))));
  }
  return clients;
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
