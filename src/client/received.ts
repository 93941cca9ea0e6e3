import type { Clock } from '../api/clock.ts';
import type { ServerEvent } from './json-events.ts';
import type { Received, Seen } from './owner.ts';

/** How long acknowledgements are gathered, in milliseconds. */
const GATHERED = 100;

/** So many messages at a login may be more than a server gives before its first answer. */
const LONG = 200;

/** After so much quiet a long inbox was given, in milliseconds. */
const QUIET = 500;

/** What the messages need of the conversation. */
export interface ReceivedHost {
  readonly clock: Clock;
  acknowledge(id: number): void;
  /** What was seen is to be remembered. */
  remember(): void;
  message(message: Received): void;
  caughtUp(count: number): void;
}

/**
 * The messages that a conversation is given: each is shown once, and acknowledged.
 * Ids rise, so what is not above the greatest one was seen; unless it was said after everything that was seen: then the
 * server's store is another one, which began its ids anew.
 */
export class ReceivedMessages {
  readonly #host: ReceivedHost;
  #seen: Seen = { id: 0, time: 0 };
  /** The greatest id on this connection, and up to where the server knows of it. */
  #greatest = 0;
  #acknowledged = 0;
  #cancelAcknowledge: (() => void) | undefined;
  /** How many had waited, while such are still coming. */
  #waited: number | undefined;
  #answered = false;
  #cancelQuiet = () => {};

  constructor(host: ReceivedHost) {
    this.#host = host;
  }

  get seen(): Seen {
    return this.#seen;
  }

  /** Begins with an account: goes on from what is remembered of it. */
  recall(seen: Seen = { id: 0, time: 0 }): void {
    this.#seen = seen;
  }

  /** A login is done: what waited comes first. */
  open(): void {
    this.#greatest = 0;
    this.#acknowledged = 0;
    this.#waited = 0;
    this.#answered = false;
  }

  /** The connection is gone. */
  close(): void {
    this.#cancelAcknowledge?.();
    this.#cancelAcknowledge = undefined;
    this.#cancelQuiet();
  }

  take({ type, ...event }: Extract<ServerEvent, { type: 'message' }>): void {
    this.#greatest = Math.max(this.#greatest, event.id);
    const time = new Date(event.time);
    if (this.#isNew(event.id, time.getTime())) {
      const waited = this.#waited !== undefined && event.id > 0;
      if (waited) this.#waited = (this.#waited ?? 0) + 1;
      this.#host.message({ ...event, time, waited });
    }
    if (this.#answered) this.#awaitQuiet();
    // After it was shown, and also when it had been: the server may not remember that it was acknowledged.
    if (event.id > 0) this.#cancelAcknowledge ??= this.#host.clock.after(GATHERED, () => this.acknowledge());
  }

  /** The first answer after a login stands behind what waited, or at least behind the first page of it. */
  firstAnswer(): void {
    this.#answered = true;
    if ((this.#waited ?? 0) < LONG) this.#caughtUp();
    else this.#awaitQuiet();
  }

  /** Acknowledges what was given, now. */
  acknowledge(): void {
    this.#cancelAcknowledge?.();
    this.#cancelAcknowledge = undefined;
    if (this.#greatest <= this.#acknowledged) return;
    this.#host.remember();
    this.#acknowledged = this.#greatest;
    this.#host.acknowledge(this.#greatest);
  }

  /** What the id 0 has is kept by nothing, and does not come again. */
  #isNew(id: number, time: number): boolean {
    if (id === 0) return true;
    if (id <= this.#seen.id && time <= this.#seen.time) return false;
    // In another store a small id is the greatest one.
    this.#seen = { id, time: Math.max(time, this.#seen.time) };
    return true;
  }

  #awaitQuiet(): void {
    this.#cancelQuiet();
    if (this.#waited !== undefined) this.#cancelQuiet = this.#host.clock.after(QUIET, () => this.#caughtUp());
  }

  #caughtUp(): void {
    const count = this.#waited ?? 0;
    this.#waited = undefined;
    this.#host.caughtUp(count);
  }
}
