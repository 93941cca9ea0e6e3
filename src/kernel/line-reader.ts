import type { Readable } from 'node:stream';
import type { ClientSession } from './client-session.ts';
import type { Judgement, RateLimiter } from './environment.ts';
import { SessionClosed } from './errors.ts';
import { Framer, type LineRead } from './framing.ts';
import type { SessionContext } from './session-context.ts';

/** The session whose lines are read. */
type Owner = Pick<ClientSession, 'foreign' | 'sentTooMuch' | 'inputEnded'>;

type Context = Pick<SessionContext, 'environment' | 'limits'>;

/** Reads the lines of one client as they are asked for, held to its rates. */
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
  /** Whether the first bytes have not shown yet what the client speaks. */
  #unknown = true;
  #over = false;
  #closed = false;
  #wakeReader: (() => void) | undefined;

  constructor(stream: Readable, context: Context, owner: Owner) {
    this.lastHeard = context.environment.clock.now();
    this.#heardAt = context.environment.clock.monotonic();
    this.#stream = stream;
    this.#context = context;
    this.#owner = owner;
    this.#framer = new Framer(context.limits.lineBytes);
    this.#rate = context.environment.rateLimiter();
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => {
      this.#over = true;
      this.#owner.inputEnded();
      this.#wake();
    });
  }

  /** Whether the client has ended its side. */
  get over(): boolean {
    return this.#over;
  }

  /** For how long the client has sent no whole line, in milliseconds. */
  get silence(): number {
    return this.#context.environment.clock.monotonic() - this.#heardAt;
  }

  /** The next line. @throws SessionClosed when there will be none */
  async next(): Promise<LineRead> {
    for (;;) {
      if (this.#closed) throw new SessionClosed();
      const line = this.#framer.next();
      if (line !== undefined) {
        this.lastHeard = this.#context.environment.clock.now();
        this.#heardAt = this.#context.environment.clock.monotonic();
        if ('fault' in line && line.fault === 'too-long')
          this.#context.environment.counters.countLimitHit('line-bytes');
        return line;
      }
      if (this.#over) throw new SessionClosed();
      if (this.#stream.isPaused()) this.#stream.resume();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakeReader = resolve;
      await promise;
    }
  }

  /** What becomes of the line that was just given. To be asked once for each. */
  judge(): Judgement {
    return this.#rate.line(this.#heardAt);
  }

  /** Takes back what was counted for the last line and so many bytes. */
  giveBack(bytes: number): void {
    this.#rate.giveBack(bytes);
  }

  /** Counts what came beside lines, as a line of so many bytes. @returns whether the client may go on */
  spend(bytes: number): boolean {
    const now = this.#context.environment.clock.monotonic();
    return this.#rate.receive(bytes, now) && this.#rate.line(now) !== 'too-fast';
  }

  /** Gives no further line; whoever waits for one is told that there is none. */
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
    if (this.#unknown && this.#isForeign()) return;
    // Who sends ahead of the answers waits in the system's buffers, not in ours.
    if (this.#framer.waiting > limits.inputBytes && !this.#stream.isPaused()) {
      this.#context.environment.counters.countLimitHit('input-bytes');
      this.#stream.pause();
    }
    this.#wake();
  }

  #isForeign(): boolean {
    const protocol = this.#context.environment.foreignProtocol(this.#framer.pending, this.#context.limits.lineBytes);
    if (protocol === 'open') return false;
    this.#unknown = false;
    if (protocol !== undefined) this.#owner.foreign(protocol);
    return protocol !== undefined;
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }
}
