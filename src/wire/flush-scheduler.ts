import type { TrafficCounters } from './environment.ts';
import type { Outbox } from './outbox.ts';

/** How many outboxes are flushed before the event loop turns. */
const AT_ONCE = 100;

/** Flushes outboxes once per turn of the event loop, so that a client gets one write per turn. */
export class FlushScheduler {
  readonly counters: TrafficCounters;
  #scheduled: Outbox[] = [];
  /** The last write: clients that are sent the same parts in one turn share one buffer. */
  #coalesced: { parts: readonly Buffer[]; whole: Buffer } | undefined;

  constructor(counters: TrafficCounters) {
    this.counters = counters;
  }

  add(outbox: Outbox): void {
    if (this.#scheduled.push(outbox) === 1) setImmediate(this.#flush);
  }

  #flush = (): void => {
    const outboxes = this.#scheduled;
    this.#scheduled = outboxes.length > AT_ONCE ? outboxes.slice(AT_ONCE) : [];
    for (const outbox of outboxes.slice(0, AT_ONCE)) outbox.flush();
    this.#coalesced = undefined;
    if (this.#scheduled.length > 0) setImmediate(this.#flush);
  };

  /** The parts as one buffer. */
  coalesce(parts: readonly Buffer[]): Buffer {
    const last = this.#coalesced;
    if (last !== undefined && sameParts(last.parts, parts)) return last.whole;
    const whole = Buffer.concat(parts);
    this.#coalesced = { parts, whole };
    return whole;
  }
}

function sameParts(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}
