/** The log of several servers: who waits for its lock, and who reads it. */
import { percentile } from '../report/statistics.ts';
import { MACHINES } from './assumptions.ts';
import type { Costs } from './costs.ts';
import type { Said } from './town.ts';

export interface LogLoad {
  readonly messages: number;
  readonly direct: number;
  readonly deliveries: number;
  readonly commits: number;
  /** From sending a message to its commit, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The part of the time in which the lock is held. */
  readonly lockInUse: number;
  /** Looks for entries of others, by all servers. */
  readonly looks: number;
  /** What NATS takes and gives for announcements. */
  readonly published: number;
  readonly announced: number;
}

/** How many messages are committed together at most: see `Writer`. */
const BATCH = 1000;

/** Messages of one server that are committed together. */
interface Batch {
  readonly server: number;
  readonly messages: readonly Said[];
}

/** Simulates messages that are committed in batches, one server after the other. */
export function simulateLog(said: Iterable<Said>, servers: number, seconds: number, costs: Costs): LogLoad {
  const [fixed, each] = lockTimes(costs);
  const readTime = MACHINES.roundTrip / 1000;
  const queues = Array.from({ length: servers }, (): Said[] => []);
  /** The servers that wait for the lock, or have it. */
  const waiting: number[] = [];
  const isWaiting = new Uint8Array(servers);
  const readingUntil = new Float64Array(servers);
  const waits: number[] = [];
  let [commits, looks, published, announced, inUse, direct, deliveries] = [0, 0, 0, 0, 0, 0, 0];
  let held: { readonly batch: Batch; readonly until: number } | undefined;

  function begin(now: number): void {
    const server = waiting.shift();
    if (server === undefined) return;
    // With what came while it waited.
    const messages = queues[server]?.splice(0, BATCH) ?? [];
    const took = fixed + each * messages.length;
    inUse += took;
    held = { batch: { server, messages }, until: now + took };
  }

  /** A server asks for the lock, if it has something to append. */
  function ask(server: number, now: number): void {
    const hasSome = (queues[server]?.length ?? 0) > 0;
    isWaiting[server] = hasSome ? 1 : 0;
    if (hasSome) waiting.push(server);
    if (held === undefined) begin(now);
  }

  function commit({ server, messages }: Batch, now: number): void {
    commits++;
    const told = new Set<number>();
    for (const { time, to, isDirect } of messages) {
      waits.push((now - time) * 1000);
      // To the conversation's two accounts, or to the room.
      published += isDirect ? 2 : 1;
      const others = to === 'all' ? servers - 1 : to.size - (to.has(server) ? 1 : 0);
      announced += others;
      if (to === 'all') for (let i = 0; i < servers; i++) told.add(i);
      else for (const one of to) told.add(one);
    }
    for (const one of told) if (one !== server) look(one, now);
  }

  /** A server reads the log; once more after that for what was announced meanwhile. */
  function look(server: number, now: number): void {
    const until = readingUntil[server] ?? 0;
    if (until - now > readTime) return;
    looks++;
    readingUntil[server] = Math.max(until, now) + readTime;
  }

  function advance(now: number): void {
    while (held !== undefined && held.until <= now) {
      const { batch, until } = held;
      held = undefined;
      commit(batch, until);
      begin(until);
      ask(batch.server, until);
    }
  }

  for (const one of said) {
    advance(one.time);
    direct += one.isDirect ? 1 : 0;
    deliveries += one.deliveries;
    queues[one.server]?.push(one);
    if (isWaiting[one.server] === 0) ask(one.server, one.time);
  }
  advance(Number.POSITIVE_INFINITY);
  return {
    messages: waits.length / seconds,
    direct: direct / seconds,
    deliveries: deliveries / seconds,
    commits: commits / seconds,
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    lockInUse: inUse / seconds,
    // And once a second in any case.
    looks: looks / seconds + servers,
    published: published / seconds,
    announced: announced / seconds,
  };
}

/** How long a batch holds the lock, in seconds: as such, and for each message. */
export function lockTimes({ statementsPerCommit, lock }: Costs): readonly [fixed: number, each: number] {
  // The transaction begins before it waits for the lock.
  return [((statementsPerCommit - 1) * MACHINES.roundTrip + MACHINES.fsync) / 1000, lock / 1e6];
}
