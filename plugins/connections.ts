import { definePlugin, openFiles, type Refusal, refuse, renamedOption, type Session, z } from 'chatserv';

/** How many refused connections may stay open to read why. Further ones are cut: each is an open file. */
const MAX_REFUSED = 32;

/** A session that is counted. */
interface Counted {
  /** Whether it has not logged in yet. */
  pending: boolean;
  /** Its network, unless it is exempt. */
  readonly network: string | undefined;
}

/** Counts open connections. A closed session counts until its connection is gone. */
class ConnectionCounter {
  pending = 0;
  /** Refused connections that are still open. */
  #refused = 0;
  readonly #sessions = new Map<Session, Counted>();
  readonly #networks = new Map<string, number>();

  get size(): number {
    return this.#sessions.size;
  }

  /** The connections from a network. */
  of(network: string): number {
    return this.#networks.get(network) ?? 0;
  }

  has(session: Session): boolean {
    return this.#sessions.has(session);
  }

  enter(session: Session): void {
    const counted = { pending: session.account === undefined, network: session.exempt ? undefined : session.network };
    this.#sessions.set(session, counted);
    if (counted.pending) this.pending++;
    if (counted.network !== undefined) this.#networks.set(counted.network, this.of(counted.network) + 1);
    session.onClosed(() => this.#leave(session));
  }

  /** Refuses a session with a reason, or cuts its connection if too many refused ones are still open. */
  refuse(session: Session, reason: string): Refusal {
    if (this.#refused >= MAX_REFUSED) {
      session.close(reason);
      session.destroy();
    } else {
      this.#refused++;
      session.onClosed(() => this.#refused--);
    }
    return refuse(reason);
  }

  logIn(session: Session): void {
    const counted = this.#sessions.get(session);
    if (!counted?.pending) return;
    counted.pending = false;
    this.pending--;
  }

  #leave(session: Session): void {
    this.logIn(session);
    const network = this.#sessions.get(session)?.network;
    this.#sessions.delete(session);
    if (network === undefined) return;
    const left = this.of(network) - 1;
    if (left > 0) this.#networks.set(network, left);
    else this.#networks.delete(network);
  }
}

export default definePlugin({
  name: 'connections',
  summary: 'Limits connections: in all, from one network, new ones, and those not logged in',
  options: z.strictObject({
    maxConnections: z
      .int()
      .positive()
      .default(10_000)
      .describe('How many connections in all, if the system allows as many open files'),
    perNetwork: z.int().positive().default(16).describe('How many connections from one IPv4 address or IPv6 /64'),
    newPerNetwork: z
      .int()
      .positive()
      .default(32)
      .describe('How many new connections from one IPv4 address or IPv6 /64 within `newTime`'),
    newTime: z.number().positive().default(600).describe('The time for `newPerNetwork`, in seconds'),
    loginsStart: z
      .int()
      .nonnegative()
      .default(500)
      .describe('From this many connections not logged in, new ones are refused at random'),
    loginsRate: z
      .number()
      .min(0)
      .max(100)
      .default(30)
      .describe('The chance of that at `loginsStart`, in percent; it rises to 100 at `loginsFull`'),
    loginsFull: z.int().positive().default(2000).describe('How many connections that are not logged in'),
    most: renamedOption('maxConnections'),
  }),
  setup({ options, server, clock, hotState, quota, logger }) {
    const { allowed: files } = openFiles;
    const most = Math.min(options.maxConnections, openFiles.forConnections);
    if (most < options.maxConnections) {
      logger.warn(
        { event: 'few-files', files, most },
        `the system allows ${files} open files, enough for ${most} connections instead of ${options.maxConnections}: raise the limit (LimitNOFILE, ulimit -n) or lower connections.maxConnections`,
      );
    }
    const counter = hotState('counter', () => new ConnectionCounter());
    /** New connections by network. */
    const arrivals = quota('arrivals');

    /** The limit that refuses a new session, and the reason that the client is given; undefined if it may stay. */
    function objection({ exempt, network }: Session): readonly [limit: string, reason: string] | undefined {
      if (counter.size >= most) return ['connections', 'full'];
      if (openFiles.full) return ['open-files', 'full'];
      if (!exempt && counter.of(network) >= options.perNetwork) {
        return ['connections-per-network', 'too-many-connections'];
      }
      if (Math.random() < chanceOfRefusal()) return ['logins-under-way', 'busy'];
      const rule = { most: options.newPerNetwork, time: options.newTime };
      if (!exempt && arrivals.take(network, rule, clock.monotonic()) > 0) {
        return ['new-connections-per-network', 'too-many-new-connections'];
      }
      return undefined;
    }

    /** Like OpenSSH's MaxStartups: a flood cannot lock out everyone else for certain. */
    function chanceOfRefusal(): number {
      const { loginsStart, loginsRate, loginsFull } = options;
      if (counter.pending >= loginsFull) return 1;
      if (counter.pending < loginsStart) return 0;
      return (loginsRate + ((100 - loginsRate) * (counter.pending - loginsStart)) / (loginsFull - loginsStart)) / 100;
    }

    return {
      start() {
        // Switched on in a running server, it counts the sessions that are there.
        for (const session of server.sessions()) if (!counter.has(session)) counter.enter(session);
      },
      hooks: {
        onConnect: {
          guard(session) {
            if (session.ended) return undefined;
            const met = objection(session);
            if (met === undefined) {
              counter.enter(session);
              return undefined;
            }
            server.countLimitHit(met[0]);
            return counter.refuse(session, met[1]);
          },
        },
        onLogin: {
          observe: {
            order: 'pre',
            handler(session) {
              counter.logIn(session);
              return undefined;
            },
          },
        },
      },
    };
  },
});
