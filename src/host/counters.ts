import type { SteadyClock } from '../api/clock.ts';
import type { Message } from '../api/message.ts';
import type { MessageCounters } from '../messages/context.ts';
import type { TrafficCounters } from '../wire/environment.ts';
import { Histogram } from './histogram.ts';
import { NAMES, NamedCounts } from './named-counts.ts';

/** At most one message in so many milliseconds is followed to its recipients. */
const FOLLOWED = 1000;

/** The counters of a server; they are on the hot path. */
export class ServerCounters implements TrafficCounters, MessageCounters {
  bytesReceived = 0;
  bytesSent = 0;
  deliveries = 0;
  posted = 0;
  /** From posting a message until it is durable. */
  readonly keeping = new Histogram();
  /** From posting a message until a transport has taken it, sampled once a second. */
  readonly delivering = new Histogram();
  readonly limitHits = new NamedCounts();
  readonly #clock: SteadyClock;
  #followed: { readonly message: Message; readonly posted: number } | undefined;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  countLimitHit(limit: string): void {
    if (this.limitHits.count(limit)) return;
    throw new Error(`'${limit}' cannot name a limit: use at most ${NAMES} names of lower-case words with hyphens`);
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
