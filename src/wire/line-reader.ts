import type { Readable } from 'node:stream';
import type { ClientSession } from '../kernel/client-session.ts';
import type { Judgement, RateLimiter } from '../kernel/environment.ts';
import { SessionClosed } from '../kernel/errors.ts';
import type { SessionContext } from '../kernel/session-context.ts';
import { Framer, type LineRead } from './framing.ts';

/** The session whose lines are read. */
type Owner = Pick<ClientSession, 'foreign' | 'sentTooMuch' | 'inputEnded'>;

type Context = Pick<SessionContext, 'environment' | 'limits'>;

/** Reads the lines of one client on demand, within its rates. */
export class LineReader {
  /** When the client last sent a whole line, in milliseconds since 1970. */
  lastHeard: number;
  /** The same by the monotonic clock. */
  #heardAt: number;
  readonly #stream: Readable;
  readonly #context: Context;
  readonly #owner: Owner;
  readonly #framer: Framer;
  readonly #rate: RateLimiter;
  /** Whether the protocol is still to be detected from the first bytes. */
  #isUndetected = true;
  #over = false;
  #closed = false;
  #wakeReader: (() => void) | undefined;

  constructor(stream: Readable, context: Context, owner: Owner) {
    const { environment, limits } = context;
    this.lastHeard = environment.clock.now();
    this.#heardAt = environment.clock.monotonic();
    this.#stream = stream;
    this.#context = context;
    this.#owner = owner;
    this.#framer = new Framer(limits.lineBytes);
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

  /** The next line, or undefined while none has arrived. @throws SessionClosed when there is none any more */
  next(): LineRead | undefined {
    if (this.#closed) throw new SessionClosed();
    const line = this.#framer.next();
    if (line !== undefined) {
      const { clock, counters } = this.#context.environment;
      this.lastHeard = clock.now();
      this.#heardAt = clock.monotonic();
      if ('fault' in line && line.fault === 'too-long') counters.countLimitHit('line-bytes');
      return line;
    }
    if (this.#over) throw new SessionClosed();
    return undefined;
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

  /** Returns no further line: `next` throws `SessionClosed`. */
  close(): void {
    this.#closed = true;
    this.#wake();
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
    const { environment, limits } = this.#context;
    const protocol = environment.foreignProtocol(this.#framer.pending, limits.lineBytes);
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
