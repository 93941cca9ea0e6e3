import type { NatsConnection } from '@nats-io/transport-node';
import type { Account, Presence, Server, SteadyClock } from 'chatserv';
import type { Bus } from './bus.ts';
import { Claims, type Holdings, isClaim } from './claims.ts';
import type { Owners } from './owners.ts';
import { Peers } from './peers.ts';
import { Replica, TTL } from './replica.ts';
import { SharedPresence } from './shared-presence.ts';
import type { Subjects } from './subjects.ts';

export interface SharedSessionsOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  /** On how many NATS servers the bucket is kept. */
  readonly replicas: number;
  readonly server: Server;
  readonly presence: Presence;
  readonly clock: SteadyClock;
  /** Called when the bucket cannot be used. */
  failed(error: Error): void;
  /** This server, by a name that no other has. */
  readonly name: string;
  readonly holdings: Holdings;
  readonly owners: Owners;
}

/** The sessions of all servers, in one bucket: who is online, and what sessions claim for themselves. */
export class SharedSessions {
  readonly claims: Claims;
  readonly #options: SharedSessionsOptions;
  readonly #replica: Replica;
  readonly #peers: Peers;
  readonly #presence: SharedPresence;
  #cancel = (): void => {};

  constructor(options: SharedSessionsOptions) {
    const { subjects, replicas, server, presence, clock, failed, name, holdings } = options;
    this.#options = options;
    this.#replica = new Replica({
      bucket: subjects.bucket,
      replicas,
      server: name,
      copies: (key, value) => !isClaim(key) || value.includes(name),
      after: clock.after,
      failed,
    });
    this.#peers = new Peers({
      server: name,
      now: () => clock.monotonic(),
      after: clock.after,
      beat: () => this.#beat(),
    });
    this.#presence = new SharedPresence(this.#replica, this.#peers, name, server, presence, clock.after);
    this.claims = new Claims(this.#replica, this.#peers, name, holdings, clock.after);
    this.#replica.ready = (isLost) => {
      this.#peers.reset();
      if (isLost) this.claims.wait();
      this.#refresh();
    };
    this.#replica.changed = (key, held) => {
      this.#presence.note(key, held);
      this.claims.note(key, held);
    };
    this.#peers.lapsed = (other) => this.#presence.lapsed(other);
    this.#peers.returned = (other) => this.#presence.returned(other);
  }

  start(): void {
    const { bus, subjects, owners } = this.#options;
    bus.subscribe(subjects.alive, (name) => {
      this.#peers.heard(name);
      // It shall know this server too before the next beat.
      if (owners.heard(name)) this.#beat();
    });
    this.#peers.start();
  }

  connected(connection: NatsConnection): void {
    this.#beat();
    this.#replica.open(connection);
  }

  disconnected(): void {
    this.#replica.close();
  }

  /** A session of an account came or went. */
  changed({ id }: Account): void {
    void this.#presence.tell(id);
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#peers.stop();
    await Promise.all([this.#presence.stop(), this.claims.settled()]);
    this.#replica.close();
  }

  #beat(): void {
    const { bus, subjects, name } = this.#options;
    bus.publish(subjects.alive, name);
  }

  /** Sets everything of this server again, now and before it expires. */
  #refresh(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(TTL / 3, () => this.#refresh());
    if (!this.#replica.isReady) return;
    void this.#presence.refresh();
    void this.claims.refresh();
  }
}
