/** How often a server says that it is there, in milliseconds. */
const BEAT = 2000;

/** How long others count on a server after it said so, in milliseconds. */
export const LEASE = 10_000;

export interface PeersOptions {
  /** This server, by a name that no other has. */
  readonly server: string;
  /** Milliseconds of the monotonic clock. */
  now(): number;
  /** Calls back later. @returns cancels that */
  after(milliseconds: number, call: () => void): () => void;
  /** Tells the others that this server is there. */
  beat(): void;
}

/** The other servers. One that has not been heard of for a while has lapsed: what it had belongs to nobody. */
export class Peers {
  /** Called when a server has lapsed, and when it is heard of again. */
  lapsed: (server: string) => void = () => {};
  returned: (server: string) => void = () => {};
  readonly #options: PeersOptions;
  /** When each server was heard of last. */
  readonly #heard = new Map<string, number>();
  readonly #lapsed = new Set<string>();
  /** When leases were checked last. */
  #checked: number;
  #cancel = (): void => {};

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#checked = options.now();
  }

  /** Begins to tell the others that this server is there, and to watch for theirs. */
  start(): void {
    this.#options.beat();
    this.#check();
    this.#cancel = this.#options.after(BEAT, () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  /** Whether a server is there. One that was never heard of gets the time of a lease. */
  isAlive(server: string): boolean {
    if (server === this.#options.server) return true;
    if (!this.#heard.has(server)) this.#heard.set(server, this.#options.now());
    return !this.#lapsed.has(server);
  }

  heard(server: string): void {
    // Of others nothing is known.
    if (!this.#heard.has(server)) return;
    this.#heard.set(server, this.#options.now());
    if (this.#lapsed.delete(server)) this.returned(server);
  }

  /** Nothing could be heard until now: all servers get the time of a lease. */
  reset(): void {
    this.#options.beat();
    for (const server of [...this.#heard.keys()]) this.heard(server);
  }

  #check(): void {
    const now = this.#options.now();
    // This server itself stood still, and has not read what others said meanwhile.
    if (now - this.#checked > 2 * BEAT) this.reset();
    this.#checked = now;
    for (const [server, time] of this.#heard) {
      if (this.#lapsed.has(server) || now - time < LEASE) continue;
      this.#lapsed.add(server);
      this.lapsed(server);
    }
  }
}
