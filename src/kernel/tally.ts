import type { Clock } from './clock.ts';
import { Durations } from './durations.ts';
import type { Message } from './message.ts';

/** How often a message is followed to its recipients, in milliseconds. */
const FOLLOWED = 1000;

/** What the kernel counts of all sessions together, where an addition a write is all that it may cost. */
export class Tally {
  bytesReceived = 0;
  bytesSent = 0;
  /** Messages that were given to a transport, each recipient counts. */
  deliveries = 0;
  /** From when a message is said until it is kept. */
  readonly keeping = new Durations();
  /** From when a message is said until the transport has taken it, for one message a second. */
  readonly delivering = new Durations();
  readonly #clock: Clock;
  #followed: Message | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A message is about to be given to who is online. */
  given(message: Message): void {
    if (message.time - (this.#followed?.time ?? 0) >= FOLLOWED) this.#followed = message;
  }

  /** A transport took these messages. */
  taken(messages: readonly Message[]): void {
    const message = this.#followed;
    if (message !== undefined && messages.includes(message)) this.delivering.took(this.#clock.now() - message.time);
  }
}
