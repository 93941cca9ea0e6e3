import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as passed } from 'node:timers/promises';

/** How long a client waits for what it expects, in milliseconds. */
const PATIENCE = 5_000;

/** How long a client waits before it asks again, at first and at most, in milliseconds: too seldom to meet a rate limit. */
const [SHORTEST_WAIT, LONGEST_WAIT] = [2, 100];

/** How many lines of the conversation an error message shows. */
const SHOWN = 40;

const LF = 0x0a;

/** Counts the barriers of all clients, so that no two are alike. */
let barriers = 0;

/** Where a client comes from, and what error messages call it. */
export interface LineClientOptions {
  /** The address that it connects from: on Linux any of 127.0.0.0/8 is one's own. */
  readonly localAddress?: string;
  /** What error messages call it until it has a user name. */
  readonly name?: string;
  /** Whether it keeps its side open when the server ends the other. */
  readonly stubborn?: boolean;
}

/** A client of the line protocol, with verbs: what it does, and what it expects to see next. */
export class LineClient {
  /** The user name, once it registers or logs in. */
  name: string;
  readonly #socket: Duplex;
  readonly #now: () => number;
  /** Both sides of the conversation, for error messages. */
  readonly #transcript: string[] = [];
  /** The lines that were received and not looked at yet. */
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

  /** Speaks over a stream that is connected already. @param now the server's time, in milliseconds since 1970 */
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
    // A write to a connection that the server has ended fails; what that means for the test, the next `sees` says.
    // What the system took at once calls back within this turn: a client that only writes must come to read, too.
    this.#socket.write(bytes, () => setImmediate(resolve));
    await promise;
  }

  /** Sends lines and returns the next line of the server, whatever it is. */
  async asks(...lines: string[]): Promise<string> {
    await this.says(...lines);
    return this.next('an answer');
  }

  /** Awaits the next line. @param what what an error message calls it */
  async next(what = 'a line'): Promise<string> {
    await this.#until(() => this.#unseen.length > 0 || this.#closed, what);
    const line = this.#unseen.shift();
    if (line === undefined) throw this.#failure(`the connection ended; expected ${what}`);
    return line;
  }

  /** Awaits the next line, which must be the text or match the pattern. @returns the line */
  async sees(expected: string | RegExp): Promise<string> {
    const line = await this.next(shown(expected));
    if (!fits(line, expected)) throw this.#failure(`expected ${shown(expected)} but saw ${shown(line)}`);
    return line;
  }

  /** Awaits several lines, in this order. */
  async seesInOrder(...expected: readonly (string | RegExp)[]): Promise<void> {
    for (const one of expected) await this.sees(one);
  }

  /** Awaits a pushed message: its time (UTC, to the second, of the last minute), who said it and what. */
  async hears(from: string, text: string): Promise<void> {
    const line = await this.next(`the message ${shown(`[...] ${from}: ${text}`)}`);
    const [, stamp = '', rest] = line.match(/^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\] (.*)$/s) ?? [];
    if (rest !== `${from}: ${text}`) throw this.#failure(`expected to hear ${from}: ${text}, but saw ${shown(line)}`);
    const age = this.#now() - Date.parse(stamp);
    if (!(age > -1_000 && age < 60_000)) throw this.#failure(`the message's time is not now: ${shown(line)}`);
  }

  /**
   * Proves that the server has said nothing that was not looked at: a word that is no command must be answered next,
   * and lines are answered in order. For a client that is logged in.
   */
  async seesNothing(): Promise<void> {
    const word = `barrier-${++barriers}`;
    await this.says(word);
    const line = await this.next(`nothing before ${shown(`error:command:${word}`)}`);
    if (line !== `error:command:${word}`) throw this.#failure(`expected to see nothing but saw ${shown(line)}`);
  }

  /**
   * Repeats a command until its answer fits: for what becomes true soon, and is not announced. It waits real time
   * between the tries, twice as long each time, whatever clock the server has.
   */
  async asksUntil(command: string, expected: string | RegExp): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (let wait = SHORTEST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const answer = await this.asks(command);
      if (fits(answer, expected)) return;
      if (Date.now() > deadline) {
        const still = `but is still answered ${shown(answer)}`;
        throw this.#failure(`${shown(command)} was to be answered ${shown(expected)} within ${PATIENCE} ms, ${still}`);
      }
      await passed(wait);
    }
  }

  /** Registers a user. The connection then waits for a user name. */
  async registers(name: string, password: string): Promise<void> {
    this.name = name;
    await this.says(name);
    await this.sees('register');
    await this.says('y');
    await this.sees('password');
    await this.says(password, password);
    await this.sees('registered');
  }

  /** Logs in, up to and with `welcome`. */
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

  /** Awaits that the server ends the connection in order, and has said nothing more that was not looked at. */
  async isClosed(): Promise<void> {
    await this.isGone();
    if (!this.#ended) throw this.#failure(`the connection was not ended in order: ${this.#fault ?? 'it was cut'}`);
  }

  /** Awaits the end of the connection, in order or not. */
  async isGone(): Promise<void> {
    await this.#until(() => this.#unseen.length > 0 || this.#closed, 'the end of the connection');
    const line = this.#unseen[0];
    if (line !== undefined) throw this.#failure(`expected the end of the connection but saw ${shown(line)}`);
  }

  /** Ends its own side (FIN) and reads on. */
  async halfCloses(): Promise<void> {
    this.#note('.', 'ends its side');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.end(() => resolve());
    await promise;
  }

  /** Cuts the connection off (RST). */
  async reset(): Promise<void> {
    this.#note('.', 'resets');
    await this.#destroy(() => (this.#socket as Socket).resetAndDestroy());
  }

  /** Closes the connection without a word. */
  async closes(): Promise<void> {
    this.#note('.', 'closes');
    await this.#destroy(() => this.#socket.destroy());
  }

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
    if (this.#wake !== undefined) throw this.#failure('it already waits for something: is an await missing?');
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

/** Text as an error message shows it: on one line, and not too much of it. */
function shown(text: string | RegExp): string {
  if (typeof text !== 'string') return String(text);
  const quoted = JSON.stringify(text);
  return quoted.length > 200 ? `${quoted.slice(0, 160)}... (${text.length} characters)` : quoted;
}
