import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as passed } from 'node:timers/promises';

/** How long a client waits for a line, in milliseconds. */
const PATIENCE = 10_000;

/** The first and the longest wait before a command is repeated, in milliseconds: slow enough for the rate limits. */
const [SHORTEST_WAIT, LONGEST_WAIT] = [2, 100];

/** How many lines of the conversation an error message shows. */
const SHOWN = 40;

const LF = 0x0a;

/** Numbers the barriers of all clients. */
let barriers = 0;

/** The options of a client. */
export interface LineClientOptions {
  /** The address to connect from: on Linux any of 127.0.0.0/8. */
  readonly localAddress?: string;
  /** Its name in error messages until it has a user name. */
  readonly name?: string;
  /** Whether it keeps its side open after the server has closed its own. */
  readonly stubborn?: boolean;
}

/** A client of the line protocol, with a method for each step of a test. */
export class LineClient {
  /** The user name, once it registers or logs in. */
  name: string;
  readonly #socket: Duplex;
  readonly #now: () => number;
  /** Both sides of the conversation, for error messages. */
  readonly #transcript: string[] = [];
  /** Lines received but not checked yet. */
  readonly #unseen: string[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;
  #closed = false;
  #fault: Error | undefined;
  #wake: (() => void) | undefined;

  /** Connects over TCP. */
  static async connect(port: number, host: string, options: LineClientOptions = {}): Promise<LineClient> {
    const { localAddress, name = 'a client', stubborn = false } = options;
    const socket = connect({
      port,
      host,
      allowHalfOpen: stubborn,
      ...(localAddress !== undefined && { localAddress }),
    });
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE) });
    socket.setNoDelay(true);
    return new LineClient(socket, name);
  }

  /**
   * Uses a connected stream.
   * @param name its name in error messages
   * @param now the server's time, in milliseconds since 1970
   */
  constructor(socket: Duplex, name: string, now: () => number = Date.now) {
    this.name = name;
    this.#socket = socket;
    this.#now = now;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => {
      this.#ended = true;
      this.#note('.', 'the server closed');
    });
    socket.on('error', (fault) => {
      this.#fault = fault;
      this.#note('.', String(fault));
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#note('.', 'closed');
    });
  }

  /** Sends lines, in one write. */
  says(...lines: string[]): Promise<void> {
    return this.writesRaw(lines.map((line) => `${line}\n`).join(''));
  }

  /** Sends bytes as they are. */
  async writesRaw(bytes: Uint8Array | string): Promise<void> {
    this.#note('>', typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1'));
    const { promise, resolve } = Promise.withResolvers<void>();
    // A write fails if the server has closed the connection; the next `sees` reports that.
    // A write that the system takes at once calls back in the same turn. Yield, so that reads get a turn, too.
    const taken = () => setImmediate(resolve);
    // A server that has closed its side may not read any more.
    this.#socket.once('end', taken);
    this.#socket.write(bytes, taken);
    await promise;
    this.#socket.off('end', taken);
  }

  /** Sends lines. @returns the next line from the server */
  async asks(...lines: string[]): Promise<string> {
    await this.says(...lines);
    return this.next('an answer');
  }

  /** Awaits the next line. @param what its name in an error message */
  async next(what = 'a line'): Promise<string> {
    await this.#until(() => this.#unseen.length > 0 || this.#closed, what);
    const line = this.#unseen.shift();
    if (line === undefined) throw this.#failure(`the connection ended; expected ${what}`);
    return line;
  }

  /** Awaits the next line and checks that it equals the text or matches the pattern. @returns the line */
  async sees(expected: string | RegExp): Promise<string> {
    const line = await this.next(shown(expected));
    if (!fits(line, expected)) throw this.#failure(`expected ${shown(expected)} but saw ${shown(line)}`);
    return line;
  }

  /** Awaits several lines, in this order, each as `sees` does. */
  async seesInOrder(...expected: readonly (string | RegExp)[]): Promise<void> {
    for (const one of expected) await this.sees(one);
  }

  /** Awaits a message with this sender and text, and a time (UTC, to the second) within the last minute. */
  async hears(from: string, text: string): Promise<void> {
    const line = await this.next(`the message ${shown(`[...] ${from}: ${text}`)}`);
    const [, stamp = '', rest] = line.match(/^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\] (.*)$/s) ?? [];
    if (rest !== `${from}: ${text}`) throw this.#failure(`expected to hear ${from}: ${text}, but saw ${shown(line)}`);
    const age = this.#now() - Date.parse(stamp);
    if (!(age > -1_000 && age < 60_000)) throw this.#failure(`the message's time is not now: ${shown(line)}`);
  }

  /**
   * Proves that the server has sent nothing else so far: sends an unknown command, whose answer must come next, since
   * lines are answered in order. The client must be logged in.
   */
  async seesNothing(): Promise<void> {
    const word = `barrier-${++barriers}`;
    await this.says(word);
    const line = await this.next(`nothing before ${shown(`error:command:${word}`)}`);
    if (line !== `error:command:${word}`) throw this.#failure(`expected to see nothing but saw ${shown(line)}`);
  }

  /**
   * Repeats a command until its answer fits, for changes that are not announced. Waits in real time between attempts,
   * twice as long each time.
   */
  async asksUntil(command: string, expected: string | RegExp): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (let wait = SHORTEST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const answer = await this.asks(command);
      if (fits(answer, expected)) return;
      if (Date.now() > deadline) {
        const still = `but was last answered ${shown(answer)}`;
        throw this.#failure(`${shown(command)} should be answered ${shown(expected)} within ${PATIENCE} ms, ${still}`);
      }
      await passed(wait);
    }
  }

  /** Registers a user. The server then asks for a user name. */
  async registers(name: string, password: string): Promise<void> {
    this.name = name;
    await this.says(name);
    await this.sees('register');
    await this.says('y');
    await this.sees('password');
    await this.says(password, password);
    await this.sees('registered');
  }

  /** Logs in, up to `welcome`. */
  async logsIn(name: string, password: string): Promise<void> {
    this.name = name;
    await this.says(name);
    await this.sees('password');
    await this.says(password);
    await this.sees('welcome');
  }

  /** Logs out and awaits the end. */
  async logsOut(): Promise<void> {
    await this.says('logout');
    await this.sees('goodbye');
    await this.isClosed();
  }

  /** Awaits that the server closes the connection in order, and sends nothing before that. */
  async isClosed(): Promise<void> {
    await this.isGone();
    if (!this.#ended) throw this.#failure(`the connection did not end in order: ${this.#fault ?? 'it was cut'}`);
  }

  /** Awaits the end of the connection, in order or cut off. */
  async isGone(): Promise<void> {
    await this.#until(() => this.#unseen.length > 0 || this.#closed, 'the end of the connection');
    const line = this.#unseen[0];
    if (line !== undefined) throw this.#failure(`expected the end of the connection but saw ${shown(line)}`);
  }

  /** Closes its own side (FIN) and keeps reading. */
  async halfCloses(): Promise<void> {
    this.#note('.', 'ends its side');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.end(() => resolve());
    await promise;
  }

  /** Resets the connection (RST). */
  async reset(): Promise<void> {
    this.#note('.', 'resets');
    await this.#destroy(() => (this.#socket as Socket).resetAndDestroy());
  }

  /** Closes the connection without logging out. */
  async closes(): Promise<void> {
    this.#note('.', 'closes');
    await this.#destroy(() => this.#socket.destroy());
  }

  /** Closes the connection: `await using` calls it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.closes();
  }

  async #destroy(how: () => void): Promise<void> {
    if (this.#closed) return;
    const closed = once(this.#socket, 'close');
    how();
    await closed;
  }

  #receive(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF)) {
      const line = bytes.subarray(0, end).toString();
      bytes = bytes.subarray(end + 1);
      this.#unseen.push(line);
      this.#note('<', line);
    }
    this.#rest = bytes;
  }

  #note(mark: '>' | '<' | '.', text: string): void {
    this.#transcript.push(`  ${mark} ${mark === '.' ? text : shown(text)}`);
    this.#wake?.();
  }

  async #until(reached: () => boolean, what: string): Promise<void> {
    if (this.#wake !== undefined) throw this.#failure('it is already waiting: is an await missing?');
    if (reached()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(this.#failure(`waited ${PATIENCE} ms for ${what}`)), PATIENCE);
    this.#wake = () => {
      if (reached()) resolve();
    };
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  #failure(what: string): Error {
    const left = this.#transcript.length - SHOWN;
    const tail = this.#transcript.slice(-SHOWN).join('\n');
    return new Error(`${this.name}: ${what}\n\nso far:\n${left > 0 ? `  (${left} more)\n` : ''}${tail}`);
  }
}

function fits(line: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? line === expected : expected.test(line);
}

/** Text for an error message: on one line, and shortened. */
function shown(text: string | RegExp): string {
  if (typeof text !== 'string') return String(text);
  const quoted = JSON.stringify(text);
  return quoted.length > 200 ? `${quoted.slice(0, 160)}... (${text.length} characters)` : quoted;
}
