import type { Writable } from 'node:stream';
import type { ClientSession } from './client-session.ts';
import type { Counters } from './environment.ts';
import type { Message } from './message.ts';
import { throwLater } from './throw-later.ts';

/** How many outboxes are written before the event loop comes to anything else. */
const AT_ONCE = 100;

/** Writes outboxes once a turn of the event loop: what one turn brings a client goes to the system in one call. */
export class Turn {
  readonly counters: Counters;
  #waiting: Outbox[] = [];
  /** What was last written: clients that were brought the same in one turn are written the same buffer. */
  #gathered: { parts: readonly Buffer[]; whole: Buffer } | undefined;

  constructor(counters: Counters) {
    this.counters = counters;
  }

  add(outbox: Outbox): void {
    if (this.#waiting.push(outbox) === 1) setImmediate(this.#end);
  }

  #end = (): void => {
    const outboxes = this.#waiting;
    this.#waiting = outboxes.length > AT_ONCE ? outboxes.slice(AT_ONCE) : [];
    for (const outbox of outboxes.slice(0, AT_ONCE)) outbox.flush();
    this.#gathered = undefined;
    if (this.#waiting.length > 0) setImmediate(this.#end);
  };

  /** The parts as one buffer. */
  gather(parts: readonly Buffer[]): Buffer {
    const last = this.#gathered;
    if (last !== undefined && sameParts(last.parts, parts)) return last.whole;
    const whole = Buffer.concat(parts);
    this.#gathered = { parts, whole };
    return whole;
  }
}

function sameParts(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}

/** The session that an outbox belongs to. */
type Owner = Pick<ClientSession, 'taken' | 'overflowed'>;

/** Stands for no messages, so that a write without any costs no array. */
const NONE: Message[] = [];

const NO_WRITE: Write = { messages: NONE, answerBytes: 0 };

/** A write that the transport has not taken yet. */
interface Write {
  readonly messages: readonly Message[];
  /** How many of its bytes answer what the client asked. */
  readonly answerBytes: number;
}

/**
 * What waits to be written to one client, bounded in bytes. Answers are bounded by asking no further (`full`), for a
 * client that asks ahead and reads as fast as it can is not to blame for their size; what nobody asked for is counted
 * by itself.
 */
export class Outbox {
  readonly #stream: Writable;
  readonly #turn: Turn;
  readonly #limit: number;
  readonly #owner: Owner;
  #parts: Buffer[] = [];
  #bytes = 0;
  #messages: Message[] = NONE;
  /** How many of the bytes that wait here answer what the client asked. */
  #answerBytes = 0;
  /** The same, with those in the stream. */
  #allAnswerBytes = 0;
  #underWay: Write[] = [];
  #whenRoom: (() => void)[] = [];
  #closed = false;

  constructor(stream: Writable, turn: Turn, limit: number, owner: Owner) {
    this.#stream = stream;
    this.#turn = turn;
    this.#limit = limit;
    this.#owner = owner;
  }

  /** How many bytes wait, here and in the stream. */
  get bytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  /**
   * Takes bytes in that nobody asked for, to be written at the end of the turn.
   * @param message what they carry, reported when it is taken
   */
  put(bytes: Buffer, message?: Message): void {
    if (this.#closed || bytes.length === 0) return;
    if (this.bytes - this.#allAnswerBytes + bytes.length > this.#limit) {
      this.#owner.overflowed();
      return;
    }
    this.#take(bytes);
    if (message === undefined) return;
    if (this.#messages === NONE) this.#messages = [message];
    else this.#messages.push(message);
  }

  /** Takes in an answer, of whatever size. Whoever reads the questions stops while the outbox is full. */
  putAnswer(bytes: Buffer): void {
    if (this.#closed || bytes.length === 0) return;
    if (this.#allAnswerBytes > this.#limit) {
      this.#owner.overflowed();
      return;
    }
    this.#take(bytes);
    this.#answerBytes += bytes.length;
    this.#allAnswerBytes += bytes.length;
  }

  #take(bytes: Buffer): void {
    if (this.#parts.push(bytes) === 1) this.#turn.add(this);
    this.#bytes += bytes.length;
  }

  /** Whether more than half of the bound waits: what can wait elsewhere should, and nothing more should be asked. */
  get full(): boolean {
    return !this.#closed && this.bytes > this.#limit / 2;
  }

  /** Resolves when it is no longer full. */
  async room(): Promise<void> {
    while (this.full) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenRoom.push(resolve);
      await promise;
    }
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#parts.length === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    this.#underWay.push({ messages: this.#messages, answerBytes: this.#answerBytes });
    this.#answerBytes = 0;
    const { counters } = this.#turn;
    counters.deliveries += this.#messages.length;
    if (this.#messages.length > 0) this.#messages = NONE;
    const whole = parts.length === 1 ? (parts[0] as Buffer) : this.#turn.gather(parts);
    counters.bytesSent += whole.length;
    try {
      this.#stream.write(whole, this.#written);
    } catch (thrown) {
      // A transport of a plugin's may throw: the outboxes after this one are written all the same.
      this.#stream.destroy();
      throwLater(thrown);
    }
  }

  #written = (error?: Error | null): void => {
    const { messages, answerBytes } = this.#underWay.shift() ?? NO_WRITE;
    this.#allAnswerBytes -= answerBytes;
    if (!error && messages.length > 0) {
      this.#turn.counters.taken(messages);
      this.#owner.taken(messages);
    }
    this.#wake();
  };

  /** Writes what waits and a last word, and takes nothing in any more. */
  close(lastWord?: Buffer): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    if (lastWord !== undefined && lastWord.length > 0 && this.#stream.writable) this.#stream.write(lastWord);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#whenRoom.splice(0)) wake();
  }
}
