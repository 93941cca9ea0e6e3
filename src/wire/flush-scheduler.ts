import { type Chunk, joined } from './chunk.ts';
import type { TrafficCounters } from './environment.ts';
import type { Outbox } from './outbox.ts';

/** How many outboxes are flushed before the event loop turns. */
const AT_ONCE = 100;

/** Flushes outboxes once per turn of the event loop, so that a client gets one write per turn. */
export class FlushScheduler {
  readonly counters: TrafficCounters;
  #scheduled: Outbox[] = [];
  /** The last write: clients that are sent the same chunks in one turn share one buffer. */
  #latest: { readonly chunks: readonly Chunk[]; readonly whole: Chunk } | undefined;

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
    this.#latest = undefined;
    if (this.#scheduled.length > 0) setImmediate(this.#flush);
  };

  /** A client's chunks as one. */
  joined(chunks: readonly Chunk[]): Chunk {
    if (this.#latest === undefined || !areSame(this.#latest.chunks, chunks))
      this.#latest = { chunks, whole: joined(chunks) };
    return this.#latest.whole;
  }
}

function areSame(some: readonly Chunk[], others: readonly Chunk[]): boolean {
  return some.length === others.length && some.every((chunk, index) => chunk === others[index]);
}
