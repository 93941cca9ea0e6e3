import type { SteadyClock } from '../kernel/clock.ts';
import type { Counters } from '../kernel/environment.ts';
import type { Message } from '../kernel/message.ts';
import { Histogram } from './histogram.ts';
import { LimitHits } from './limit-hits.ts';

/** How often a message is followed to its recipients, in milliseconds. */
const FOLLOWED = 1000;

/** The counters of a server, where an addition per write is all that they may cost. */
export class ServerCounters implements Counters {
  bytesReceived = 0;
  bytesSent = 0;
  deliveries = 0;
  posted = 0;
  /** From posting a message until it is durable. */
  readonly keeping = new Histogram();
  /** From posting a message until a transport has taken it, for one message a second. */
  readonly delivering = new Histogram();
  readonly limitHits = new LimitHits();
  readonly #clock: SteadyClock;
  #followed: { readonly message: Message; readonly posted: number } | undefined;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  countLimitHit(limit: string): void {
    this.limitHits.count(limit);
  }

  kept(milliseconds: number): void {
    this.keeping.observe(milliseconds);
  }

  given(message: Message): void {
    const now = this.#clock.monotonic();
    if (this.#followed !== undefined && now - this.#followed.posted < FOLLOWED) return;
    const since = Math.max(0, this.#clock.now() - message.time);
    this.#followed = { message, posted: now - since };
  }

  taken(messages: readonly Message[]): void {
    const followed = this.#followed;
    if (followed === undefined || !messages.includes(followed.message)) return;
    this.delivering.observe(this.#clock.monotonic() - followed.posted);
  }
}
