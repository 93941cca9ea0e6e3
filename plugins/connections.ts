import { definePlugin, openFiles, Quota, type Refusal, refuse, type Session, z } from 'chatserv';

/** How many that may not stay are told so at once, while they are there; others are cut, for each is an open file too. */
const TOLD = 32;

/** A session that is counted. */
interface Counted {
  /** Whether it is not logged in yet. */
  pending: boolean;
  /** Where it comes from, if that is bounded. */
  readonly network: string | undefined;
}

/** Who is here, as far as it is counted: until the connection itself is gone, which a closed one takes its time for. */
class Crowd {
  /** The new connections of networks. */
  readonly arrivals = new Quota();
  pending = 0;
  /** Those that may not stay and are still there. */
  #told = 0;
  readonly #sessions = new Map<Session, Counted>();
  readonly #networks = new Map<string, number>();

  get size(): number {
    return this.#sessions.size;
  }

  /** How many come from a network. */
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
    session.whenGone(() => this.#leave(session));
  }

  /** Tells a session that may not stay why not, unless too many are being told. */
  refuse(session: Session, reason: string): Refusal {
    if (this.#told >= TOLD) {
      session.close(reason);
      session.destroy();
    } else {
      this.#told++;
      session.whenGone(() => this.#told--);
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
  summary: 'Bounds how many connections there are: in all, from one network, new ones, and those not logged in',
  options: z.strictObject({
    most: z
      .int()
      .positive()
      .default(10_000)
      .describe('How many connections there may be in all, as far as the system allows so many open files'),
    perNetwork: z.int().positive().default(16).describe('How many from one IPv4 address or IPv6 /64'),
    newPerNetwork: z
      .int()
      .positive()
      .default(32)
      .describe('How many new ones from one IPv4 address or IPv6 /64 within `newTime`'),
    newTime: z.number().positive().default(600).describe('The time for `newPerNetwork`, in seconds'),
    loginsStart: z
      .int()
      .nonnegative()
      .default(500)
      .describe('When so many are not logged in, some new ones are refused, by chance'),
    loginsRate: z
      .number()
      .min(0)
      .max(100)
      .default(30)
      .describe('How many percent of the new ones that is; it rises to all of them at `loginsFull`'),
    loginsFull: z.int().positive().default(2000).describe('How many connections may be not logged in'),
  }),
  setup({ options, server, clock, keep, logger }) {
    const { allowed: files } = openFiles;
    const most = Math.min(options.most, openFiles.forConnections);
    if (most < options.most) {
      logger.warn(
        { event: 'few-files', files, most },
        `the system allows ${files} open files, so there may be ${most} connections and not ${options.most}: raise that (LimitNOFILE, ulimit -n), or lower connections.most`,
      );
    }
    const crowd = keep('crowd', () => new Crowd());

    /** Why a new session may not stay: the limit that it meets, and what it is told. */
    function objection({ exempt, network }: Session): readonly [limit: string, reason: string] | undefined {
      if (crowd.size >= most) return ['connections', 'full'];
      if (openFiles.full) return ['open-files', 'full'];
      if (!exempt && crowd.of(network) >= options.perNetwork) {
        return ['connections-per-network', 'too-many-connections'];
      }
      if (Math.random() < chanceOfRefusal()) return ['logins-under-way', 'busy'];
      const rule = { most: options.newPerNetwork, time: options.newTime };
      if (!exempt && crowd.arrivals.take(network, rule, clock.monotonic()) > 0) {
        return ['new-connections-per-network', 'too-many-new-connections'];
      }
      return undefined;
    }

    /** As OpenSSH's MaxStartups has it: who floods takes no place from all others for certain. */
    function chanceOfRefusal(): number {
      const { loginsStart, loginsRate, loginsFull } = options;
      if (crowd.pending >= loginsFull) return 1;
      if (crowd.pending < loginsStart) return 0;
      return (loginsRate + ((100 - loginsRate) * (crowd.pending - loginsStart)) / (loginsFull - loginsStart)) / 100;
    }

    return {
      start() {
        // Switched on while people are here, it counts them too.
        for (const session of server.sessions()) if (!crowd.has(session)) crowd.enter(session);
      },
      hooks: {
        onConnect: {
          guard(session) {
            if (session.ended) return undefined;
            const met = objection(session);
            if (met === undefined) {
              crowd.enter(session);
              return undefined;
            }
            server.limitMet(met[0]);
            return crowd.refuse(session, met[1]);
          },
        },
        onLogin: {
          observe: {
            order: 'pre',
            handler(session) {
              crowd.logIn(session);
              return undefined;
            },
          },
        },
      },
    };
  },
});
