import type { Clock } from '../api/clock.ts';
import type { ServerEvent } from './json-events.ts';
import type { Received, ReceivedEntry, Seen } from './owner.ts';

/** How long acknowledgements are collected, in milliseconds. */
const ACKNOWLEDGE_TIME = 100;

/** From this many messages on, the server may send more of an inbox after its first answer. */
const LONG_INBOX = 200;

/** After this pause a long inbox counts as read, in milliseconds. */
const PAUSE = 500;

/** What the messages need from the conversation. */
export interface ReceivedHost {
  readonly clock: Clock;
  acknowledge(id: number): void;
  /** `seen` has changed: store it. */
  remember(): void;
  message(message: Received): void;
  entry(entry: ReceivedEntry): void;
  caughtUp(count: number): void;
}

/**
 * The messages of a conversation: each is shown once, and acknowledged.
 * Ids rise, so a message not above the greatest id has been seen, unless it is newer than everything seen: then the
 * server has a new store, whose ids start again.
 */
export class ReceivedMessages {
  readonly #host: ReceivedHost;
  #seen: Seen = { id: 0, time: 0 };
  /** The greatest id on this connection, and the greatest one acknowledged. */
  #greatest = 0;
  #acknowledged = 0;
  #cancelAcknowledge: (() => void) | undefined;
  /** The number of waiting messages so far; undefined once all have come. */
  #waited: number | undefined;
  #answered = false;
  #cancelQuiet = () => {};

  constructor(host: ReceivedHost) {
    this.#host = host;
  }

  get seen(): Seen {
    return this.#seen;
  }

  /** Starts with an account, from the position that is remembered. */
  recall(seen: Seen = { id: 0, time: 0 }): void {
    this.#seen = seen;
  }

  /** A login has succeeded: waiting messages come first. */
  open(): void {
    this.#greatest = 0;
    this.#acknowledged = 0;
    this.#waited = 0;
    this.#answered = false;
  }

  /** The connection is lost. */
  close(): void {
    this.#cancelAcknowledge?.();
    this.#cancelAcknowledge = undefined;
    this.#cancelQuiet();
  }

  take(received: Extract<ServerEvent, { type: 'message' | 'entry' }>): void {
    const { id } = received;
    const time = new Date(received.time);
    this.#greatest = Math.max(this.#greatest, id);
    const isNew = this.#isNew(id, time.getTime());
    // A gap can reach beyond what was seen, wherever it begins.
    if (isNew || (received.type === 'entry' && received.kind === 'gap')) this.#give(received, time);
    if (this.#answered) this.#awaitQuiet();
    // Also a message shown before: its acknowledgement may not have reached the server.
    if (id > 0) this.#cancelAcknowledge ??= this.#host.clock.after(ACKNOWLEDGE_TIME, () => this.acknowledge());
  }

  #give(received: Extract<ServerEvent, { type: 'message' | 'entry' }>, time: Date): void {
    if (received.type === 'entry') {
      const { type, version, repeat, ...entry } = received;
      this.#host.entry({ ...entry, time });
      return;
    }
    const { type, ...message } = received;
    const waited = this.#waited !== undefined && message.id > 0;
    if (waited) this.#waited = (this.#waited ?? 0) + 1;
    this.#host.message({ ...message, time, waited });
  }

  /** The first answer after a login follows the waiting messages, or at least the first page of them. */
  firstAnswer(): void {
    this.#answered = true;
    if ((this.#waited ?? 0) < LONG_INBOX) this.#caughtUp();
    else this.#awaitQuiet();
  }

  /** Acknowledges all messages so far, at once. */
  acknowledge(): void {
    this.#cancelAcknowledge?.();
    this.#cancelAcknowledge = undefined;
    if (this.#greatest <= this.#acknowledged) return;
    this.#host.remember();
    this.#acknowledged = this.#greatest;
    this.#host.acknowledge(this.#greatest);
  }

  /** A message with the id 0 is not stored and comes only once. */
  #isNew(id: number, time: number): boolean {
    if (id === 0) return true;
    if (id <= this.#seen.id && time <= this.#seen.time) return false;
    // In a new store, the greatest id may be smaller than before.
    this.#seen = { id, time: Math.max(time, this.#seen.time) };
    return true;
  }

  #awaitQuiet(): void {
    this.#cancelQuiet();
    if (this.#waited !== undefined) this.#cancelQuiet = this.#host.clock.after(PAUSE, () => this.#caughtUp());
  }

  #caughtUp(): void {
    const count = this.#waited ?? 0;
    this.#waited = undefined;
    this.#host.caughtUp(count);
  }
}
