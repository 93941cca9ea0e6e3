import type { Writable } from 'node:stream';
import type { Message } from '../api/message.ts';
import { throwLater } from '../hooks/throw-later.ts';
import { answerOf, type Chunk } from './chunk.ts';
import type { FlushScheduler } from './flush-scheduler.ts';

/** The client that an outbox belongs to. */
export interface OutboxOwner {
  /** The transport took the bytes of these messages. */
  taken(messages: readonly Message[]): void;
  /** More is queued than the limit allows. */
  overflowed(): void;
}

const NO_CHUNKS: Chunk[] = [];

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
  #chunks = NO_CHUNKS;
  /** How many bytes are queued, here and in the stream, and how many of them are answers. */
  #bytes = 0;
  #answerBytes = 0;
  #onRoom: (() => void)[] | undefined;
  #closed = false;

  constructor(stream: Writable, flushes: FlushScheduler, limit: number, owner: OutboxOwner) {
    this.#stream = stream;
    this.#flushes = flushes;
    this.#limit = limit;
    this.#owner = owner;
  }

  /** How many bytes are queued, here and in the stream. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Queues bytes that answer no request. They are written at the end of the turn. */
  put(chunk: Chunk): void {
    const { length } = chunk.bytes;
    if (this.#closed || length === 0) return;
    if (this.#bytes - this.#answerBytes + length > this.#limit) this.#owner.overflowed();
    else this.#queue(chunk);
  }

  /** Queues an answer of any size. Callers read no further requests while the outbox is full. */
  putAnswer(bytes: Buffer): void {
    if (this.#closed || bytes.length === 0) return;
    if (this.#answerBytes > this.#limit) {
      this.#owner.overflowed();
      return;
    }
    this.#answerBytes += bytes.length;
    this.#queue(answerOf(bytes));
  }

  #queue(chunk: Chunk): void {
    this.#bytes += chunk.bytes.length;
    if (this.#chunks !== NO_CHUNKS) {
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks = [chunk];
    this.#flushes.add(this);
  }

  /** Whether more than half of the limit is queued: read no further requests, and leave messages in the log. */
  get full(): boolean {
    return !this.takes(0);
  }

  /** Whether it is not full with so many bytes more. */
  takes(bytes: number): boolean {
    return this.#closed || this.#bytes + bytes <= this.#limit / 2;
  }

  /** Resolves when it is no longer full. */
  async room(): Promise<void> {
    while (this.full) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRoom ??= [];
      this.#onRoom.push(resolve);
      await promise;
    }
  }

  /** Writes the queued bytes. */
  flush(): void {
    if (this.#chunks === NO_CHUNKS) return;
    const chunk = this.#flushes.joined(this.#chunks);
    this.#chunks = NO_CHUNKS;
    const { counters } = this.#flushes;
    counters.deliveries += chunk.messages.length;
    counters.bytesSent += chunk.bytes.length;
    try {
      this.#stream.write(chunk.bytes, (error) => this.#written(chunk, error));
    } catch (thrown) {
      // A plugin's transport may throw: the outboxes after this one are flushed all the same.
      this.#stream.destroy();
      throwLater(thrown);
    }
  }

  #written({ bytes, messages, answerBytes }: Chunk, error: Error | null | undefined): void {
    this.#bytes -= bytes.length;
    this.#answerBytes -= answerBytes;
    if (!error && messages.length > 0) {
      this.#flushes.counters.taken(messages);
      this.#owner.taken(messages);
    }
    this.#wake();
  }

  /** Writes the queued bytes and the last words, and ignores everything after them. */
  close(lastWords?: Buffer): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    if (lastWords !== undefined && lastWords.length > 0 && this.#stream.writable) this.#stream.write(lastWords);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#onRoom;
    if (waiting === undefined) return;
    this.#onRoom = undefined;
    for (const wake of waiting) wake();
  }
}
