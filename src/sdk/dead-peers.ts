import type { Socket } from 'node:net';
import { z } from 'zod';
import { endsOf, isTold, unacknowledged } from './proc-net-tcp.ts';

/** How many times a silent client is probed, and the interval in milliseconds. */
const PROBES = { count: 10, interval: 1000 } as const;

/** How often the system's list of unacknowledged connections is read, in milliseconds. */
const LOOK_EVERY = 5000;

/** After how many retransmissions, at least, a client counts as gone. */
const LEAST = 3;

/** The default of the option `probeTime`, in seconds. */
export const PROBE_TIME = 45;

/** The option of a plugin that listens on a TCP port, to be spread into its schema. */
export const probeOptions = {
  probeTime: z
    .int()
    .min(1)
    .max(32_767)
    .default(PROBE_TIME)
    .describe(
      'How long a connection may be silent before the system probes whether the client is still there (TCP keepalive), and how long a client may acknowledge nothing, in seconds; one that does not answer is closed some 10 s later',
    ),
};

/** A watched connection. */
interface Peer {
  /** Its key in what the system lists. */
  readonly ends: string;
  /** How long it may stay unacknowledged, in milliseconds. */
  readonly patience: number;
  /** Since when it is unacknowledged, and its retransmissions at the last look. */
  since: number | undefined;
  times: number;
}

/**
 * Closes connections of clients that vanished while data was in flight. Keepalive probes silent connections only; otherwise
 * the system retransmits for a quarter of an hour, and Node cannot shorten that (TCP_USER_TIMEOUT).
 */
export class DeadPeers {
  readonly #look: () => Promise<ReadonlyMap<string, number>>;
  readonly #peers = new Map<Socket, Peer>();
  /** Forgets a connection: one listener for all of them. */
  readonly #closed: (this: Socket) => void;
  /** How often it looks, in milliseconds. */
  #every = LOOK_EVERY;
  #timer: NodeJS.Timeout | undefined;

  constructor(look: () => Promise<ReadonlyMap<string, number>>) {
    this.#look = look;
    const peers = this.#peers;
    this.#closed = function closed(): void {
      peers.delete(this);
    };
  }

  /** Watches a connection until it closes. @param ends its key in what `look` returns */
  add(socket: Socket, ends: string, seconds: number): void {
    const peer = { ends, patience: seconds * 1000, since: undefined, times: 0 };
    this.#peers.set(socket, peer);
    socket.on('close', this.#closed);
    this.#every = Math.min(this.#every, peer.patience);
    this.#plan();
  }

  #plan(): void {
    if (this.#peers.size > 0) this.#timer ??= setTimeout(() => void this.#round(), this.#every).unref();
  }

  async #round(): Promise<void> {
    try {
      this.judge(await this.#look(), performance.now());
    } catch {
      // The list cannot be read, or there is no file descriptor left: try again next time.
    }
    this.#timer = undefined;
    this.#plan();
  }

  /** Closes those that were unacknowledged for too long. @param waiting retransmissions by connection @param now in milliseconds */
  judge(waiting: ReadonlyMap<string, number>, now: number): void {
    for (const [socket, peer] of this.#peers) {
      const times = waiting.get(peer.ends);
      // Fewer retransmissions than before: something was acknowledged meanwhile.
      if (times === undefined || times < peer.times) peer.since = undefined;
      peer.times = times ?? 0;
      if (times === undefined) continue;
      peer.since ??= now;
      if (times >= LEAST && now - peer.since >= peer.patience) socket.destroy();
    }
  }
}

/** Watches the connections of all listeners: one look at the list of the system serves them all. */
const deadPeers = new DeadPeers(unacknowledged);

/** Closes a connection when its client vanishes silently. @param seconds the option `probeTime` */
export function probe(socket: Socket, seconds: number): void {
  socket.setKeepAlive(true, seconds * 1000, PROBES.interval, PROBES.count);
  const ends = isTold ? endsOf(socket) : undefined;
  if (ends !== undefined) deadPeers.add(socket, ends, seconds);
}
