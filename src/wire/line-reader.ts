import type { Readable } from 'node:stream';
import type { LineRead } from '../api/codec.ts';
import type { ForeignProtocol, Judgement, LineEnvironment, LineLimits, RateLimiter } from './environment.ts';
import { Framer } from './framing.ts';

/** The client whose lines are read. */
export interface LineOwner {
  /** The client's codec, which may allow longer lines than the limit. */
  readonly codec: { readonly lineBytes?: number };
  /** The client speaks another protocol. */
  foreign(protocol: ForeignProtocol): void;
  /** The client sent more bytes than its rate allows. */
  sentTooMuch(): void;
  /** The client has ended its side of the connection. */
  inputEnded(): void;
}

/** The environment, and the limits as they are now. */
interface Context {
  readonly environment: LineEnvironment;
  readonly limits: LineLimits;
}

/** Reads the lines of one client on demand, within its rates. */
export class LineReader {
  /** When the client last sent a whole line, by the monotonic clock. */
  #heardAt: number;
  readonly #stream: Readable;
  readonly #context: Context;
  readonly #owner: LineOwner;
  /** The limit as it was when the client connected. */
  readonly #lineBytes: number;
  readonly #framer: Framer;
  readonly #rate: RateLimiter;
  /** Whether the protocol is still to be detected from the first bytes. */
  #isUndetected = true;
  #over = false;
  #closed = false;
  #wakeReader: (() => void) | undefined;

  constructor(stream: Readable, context: Context, owner: LineOwner) {
    const { environment, limits } = context;
    this.#heardAt = environment.clock.monotonic();
    this.#stream = stream;
    this.#context = context;
    this.#owner = owner;
    this.#lineBytes = limits.lineBytes;
    this.#framer = new Framer(this.#longest);
    this.#rate = environment.rateLimiter();
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => {
      this.#over = true;
      this.#owner.inputEnded();
      this.#wake();
    });
  }

  /** Whether the client has ended its side of the connection. */
  get over(): boolean {
    return this.#over;
  }

  /** How long the client has sent no whole line, in milliseconds. */
  get silence(): number {
    return this.#context.environment.clock.monotonic() - this.#heardAt;
  }

  /** Whether `next` will return no further line, once it has returned none. */
  get done(): boolean {
    return this.#closed || this.#over;
  }

  /** The next line, or undefined while none has arrived. */
  next(): LineRead | undefined {
    this.#framer.limit = this.#longest;
    const line = this.#closed ? undefined : this.#framer.next();
    if (line === undefined) return undefined;
    const { clock, counters } = this.#context.environment;
    this.#heardAt = clock.monotonic();
    if ('fault' in line && line.fault === 'too-long') counters.countLimitHit('line-bytes');
    return line;
  }

  /** Resolves when more has arrived, or the input is over. Call it when `next` returned none. */
  arrival(): Promise<void> {
    if (this.#stream.isPaused()) this.#stream.resume();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeReader = resolve;
    return promise;
  }

  /** Counts the line that `next` returned against the client's rates. Call it once per line. */
  judge(): Judgement {
    return this.#rate.line(this.#heardAt);
  }

  /** Refunds the last line and so many bytes. */
  giveBack(bytes: number): void {
    this.#rate.giveBack(bytes);
  }

  /** Counts input other than lines, as a line of so many bytes. @returns false for a client that has to be closed */
  spend(bytes: number): boolean {
    const now = this.#context.environment.clock.monotonic();
    return this.#rate.receive(bytes, now) && this.#rate.line(now) !== 'too-fast';
  }

  /** Returns no further line. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** The longest line, in bytes. */
  get #longest(): number {
    return Math.max(this.#lineBytes, this.#owner.codec.lineBytes ?? 0);
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const { limits, environment } = this.#context;
    const { clock, counters } = environment;
    counters.bytesReceived += chunk.length;
    if (!this.#rate.receive(chunk.length, clock.monotonic())) {
      this.#owner.sentTooMuch();
      return;
    }
    this.#framer.push(chunk);
    if (this.#isUndetected && this.#isForeign()) return;
    // What a client sends ahead of its answers stays in the system's buffers, not in ours.
    if (this.#framer.waiting > limits.inputBytes && !this.#stream.isPaused()) {
      counters.countLimitHit('input-bytes');
      this.#stream.pause();
    }
    this.#wake();
  }

  #isForeign(): boolean {
    const protocol = this.#context.environment.foreignProtocol(this.#framer.pending, this.#longest);
    if (protocol === 'open') return false;
    this.#isUndetected = false;
    if (protocol !== undefined) this.#owner.foreign(protocol);
    return protocol !== undefined;
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }
}
