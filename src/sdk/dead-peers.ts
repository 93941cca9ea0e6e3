import type { Socket } from 'node:net';
import { z } from 'zod';
import { endsOf, isTold, unacknowledged } from './proc-net-tcp.ts';

/** How many times a silent client is probed, and the interval in milliseconds. */
const PROBES = { count: 10, interval: 1000 } as const;

/** How often the system's list of connections with unacknowledged data is read, in milliseconds. */
const LOOK_EVERY = 5000;

/** The fewest retransmissions after which a client counts as gone. */
const MIN_RETRANSMISSIONS = 3;

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
  /** Both ends' addresses and ports, as the system lists them. */
  readonly ends: string;
  /** How long its data may stay unacknowledged, in milliseconds. */
  readonly patience: number;
  /** When its data was first seen unacknowledged. */
  since: number | undefined;
  /** How many retransmissions the last look found. */
  retransmissions: number;
}

/**
 * Closes connections of clients that vanished while data was in flight. Keepalive probes silent connections only; otherwise
 * the system retransmits for a quarter of an hour. TCP_USER_TIMEOUT would shorten that, but Node cannot set it.
 */
export class DeadPeers {
  /** Returns the retransmissions of connections with unacknowledged data, by their ends. */
  readonly #look: () => Promise<ReadonlyMap<string, number>>;
  readonly #peers = new Map<Socket, Peer>();
  /** The listener for `close`, shared by all connections to save a closure for each. */
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

  /** Watches a connection until it closes. @param ends its key in the result of `look` */
  add(socket: Socket, ends: string, seconds: number): void {
    const peer = { ends, patience: seconds * 1000, since: undefined, retransmissions: 0 };
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

  /**
   * Closes connections whose data was unacknowledged for too long.
   * @param counts what `look` returned
   * @param now in milliseconds
   */
  judge(counts: ReadonlyMap<string, number>, now: number): void {
    for (const [socket, peer] of this.#peers) {
      const retransmissions = counts.get(peer.ends);
      // Fewer retransmissions than before: something was acknowledged meanwhile.
      if (retransmissions === undefined || retransmissions < peer.retransmissions) peer.since = undefined;
      peer.retransmissions = retransmissions ?? 0;
      if (retransmissions === undefined) continue;
      peer.since ??= now;
      if (retransmissions >= MIN_RETRANSMISSIONS && now - peer.since >= peer.patience) socket.destroy();
    }
  }
}

/** Shared by all listeners, so that one read of the system's list serves them all. */
const deadPeers = new DeadPeers(unacknowledged);

/** Closes a connection when its client vanishes silently. @param seconds the option `probeTime` */
export function probe(socket: Socket, seconds: number): void {
  socket.setKeepAlive(true, seconds * 1000, PROBES.interval, PROBES.count);
  const ends = isTold ? endsOf(socket) : undefined;
  if (ends !== undefined) deadPeers.add(socket, ends, seconds);
}
