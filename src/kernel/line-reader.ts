import type { Readable } from 'node:stream';
import { SessionEnded } from './endings.ts';
import type { ForeignProtocol, Judgement, KernelEnvironment, RateLimiter } from './environment.ts';
import { Framer, type LineRead } from './framing.ts';
import type { SessionLimits } from './limits.ts';

/** What a line reader needs of the kernel. */
export interface LineReaderHost {
  readonly environment: KernelEnvironment;
  readonly limits: SessionLimits;
}

/** What a line reader reports. */
export interface LineReaderOwner {
  /** The client speaks another protocol. None of its lines is given. */
  foreign(protocol: ForeignProtocol): void;
  /** The client sends more bytes than it may, of which no more is taken in. */
  sentTooMuch(): void;
  /** The client has ended its side. */
  inputEnded(): void;
}

/** Reads the lines of one client as they are asked for, held to its rates. */
export class LineReader {
  /** When the client last sent a whole line, in milliseconds since 1970. */
  lastHeard: number;
  /** The same by the monotonic clock. */
  #heardAt: number;
  readonly #stream: Readable;
  readonly #host: LineReaderHost;
  readonly #owner: LineReaderOwner;
  readonly #framer: Framer;
  readonly #rate: RateLimiter;
  /** Whether the first bytes have not shown yet what the client speaks. */
  #unknown = true;
  #over = false;
  #closed = false;
  #wakeReader: (() => void) | undefined;

  constructor(stream: Readable, host: LineReaderHost, owner: LineReaderOwner) {
    this.lastHeard = host.environment.clock.now();
    this.#heardAt = host.environment.clock.monotonic();
    this.#stream = stream;
    this.#host = host;
    this.#owner = owner;
    this.#framer = new Framer(host.limits.lineBytes);
    this.#rate = host.environment.rateLimiter();
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
    return this.#host.environment.clock.monotonic() - this.#heardAt;
  }

  /** The next line. @throws SessionEnded when there will be none */
  async next(): Promise<LineRead> {
    for (;;) {
      if (this.#closed) throw new SessionEnded();
      const line = this.#framer.next();
      if (line !== undefined) {
        this.lastHeard = this.#host.environment.clock.now();
        this.#heardAt = this.#host.environment.clock.monotonic();
        if ('fault' in line && line.fault === 'too-long') this.#host.environment.counters.countLimitHit('line-bytes');
        return line;
      }
      if (this.#over) throw new SessionEnded();
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
    const now = this.#host.environment.clock.monotonic();
    return this.#rate.receive(bytes, now) && this.#rate.line(now) !== 'too-fast';
  }

  /** Gives no further line; whoever waits for one is told that there is none. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const { limits, environment } = this.#host;
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
      this.#host.environment.counters.countLimitHit('input-bytes');
      this.#stream.pause();
    }
    this.#wake();
  }

  #isForeign(): boolean {
    const protocol = this.#host.environment.foreignProtocol(this.#framer.pending, this.#host.limits.lineBytes);
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
