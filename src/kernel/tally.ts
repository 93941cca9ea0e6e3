import type { SteadyClock } from './clock.ts';
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
  readonly #clock: SteadyClock;
  #followed: { readonly message: Message; readonly said: number } | undefined;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  /** A message is about to be given to who is online. */
  given(message: Message): void {
    const now = this.#clock.monotonic();
    if (this.#followed !== undefined && now - this.#followed.said < FOLLOWED) return;
    const since = Math.max(0, this.#clock.now() - message.time);
    this.#followed = { message, said: now - since };
  }

  /** A transport took these messages. */
  taken(messages: readonly Message[]): void {
    const followed = this.#followed;
    if (followed === undefined || !messages.includes(followed.message)) return;
    this.delivering.took(this.#clock.monotonic() - followed.said);
  }
}
