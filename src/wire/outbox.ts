import type { Writable } from 'node:stream';
import type { Message } from '../api/message.ts';
import { throwLater } from '../hooks/throw-later.ts';
import type { FlushScheduler } from './flush-scheduler.ts';

/** The client that an outbox belongs to. */
export interface OutboxOwner {
  /** The transport took the bytes of these messages. */
  taken(messages: readonly Message[]): void;
  /** More is queued than the limit allows. */
  overflowed(): void;
}

/** No messages: a write without any costs no array. */
const NONE: Message[] = [];

const NO_WRITE: Write = { messages: NONE, answerBytes: 0 };

/** A write that the transport has not finished. */
interface Write {
  readonly messages: readonly Message[];
  /** How many of its bytes are answers. */
  readonly answerBytes: number;
}

/**
 * The bytes queued for one client, bounded. Answers are bounded by reading no further requests while the outbox is
 * `full`: a client that pipelines and reads as fast as it can is not to blame for their size. The limit applies to
 * everything else, such as messages.
 */
export class Outbox {
  readonly #stream: Writable;
  readonly #flushes: FlushScheduler;
  readonly #limit: number;
  readonly #owner: OutboxOwner;
  #parts: Buffer[] = [];
  #bytes = 0;
  #messages: Message[] = NONE;
  /** The answer bytes in `#parts`. */
  #answerBytes = 0;
  /** The answer bytes in `#parts` and in the stream. */
  #allAnswerBytes = 0;
  #unfinished: Write[] = [];
  #onRoom: (() => void)[] = [];
  #closed = false;

  constructor(stream: Writable, flushes: FlushScheduler, limit: number, owner: OutboxOwner) {
    this.#stream = stream;
    this.#flushes = flushes;
    this.#limit = limit;
    this.#owner = owner;
  }

  /** How many bytes are queued, here and in the stream. */
  get bytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  /**
   * Queues bytes that answer no request. They are written at the end of the turn.
   * @param message the message that they carry, reported once the transport has taken it
   */
  put(bytes: Buffer, message?: Message): void {
    if (this.#closed || bytes.length === 0) return;
    if (this.bytes - this.#allAnswerBytes + bytes.length > this.#limit) {
      this.#owner.overflowed();
      return;
    }
    this.#queue(bytes);
    if (message === undefined) return;
    if (this.#messages === NONE) this.#messages = [message];
    else this.#messages.push(message);
  }

  /** Queues an answer of any size. Callers read no further requests while the outbox is full. */
  putAnswer(bytes: Buffer): void {
    if (this.#closed || bytes.length === 0) return;
    if (this.#allAnswerBytes > this.#limit) {
      this.#owner.overflowed();
      return;
    }
    this.#queue(bytes);
    this.#answerBytes += bytes.length;
    this.#allAnswerBytes += bytes.length;
  }

  #queue(bytes: Buffer): void {
    if (this.#parts.push(bytes) === 1) this.#flushes.add(this);
    this.#bytes += bytes.length;
  }

  /** Whether more than half of the limit is queued: read no further requests, and leave messages in the log. */
  get full(): boolean {
    return !this.#closed && this.bytes > this.#limit / 2;
  }

  /** Resolves when it is no longer full. */
  async room(): Promise<void> {
    while (this.full) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRoom.push(resolve);
      await promise;
    }
  }

  /** Writes the queued bytes. */
  flush(): void {
    if (this.#parts.length === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    this.#unfinished.push({ messages: this.#messages, answerBytes: this.#answerBytes });
    this.#answerBytes = 0;
    const { counters } = this.#flushes;
    counters.deliveries += this.#messages.length;
    if (this.#messages.length > 0) this.#messages = NONE;
    const whole = parts.length === 1 ? (parts[0] as Buffer) : this.#flushes.coalesce(parts);
    counters.bytesSent += whole.length;
    try {
      this.#stream.write(whole, this.#written);
    } catch (thrown) {
      // A plugin's transport may throw: the outboxes after this one are flushed all the same.
      this.#stream.destroy();
      throwLater(thrown);
    }
  }

  #written = (error?: Error | null): void => {
    const { messages, answerBytes } = this.#unfinished.shift() ?? NO_WRITE;
    this.#allAnswerBytes -= answerBytes;
    if (!error && messages.length > 0) {
      this.#flushes.counters.taken(messages);
      this.#owner.taken(messages);
    }
    this.#wake();
  };

  /** Writes the queued bytes and the last words, and ignores everything after them. */
  close(lastWords?: Buffer): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    if (lastWords !== undefined && lastWords.length > 0 && this.#stream.writable) this.#stream.write(lastWords);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#onRoom.splice(0)) wake();
  }
}
