import { KeyedQueue, type SessionClaim, type SessionClaims, type SteadyClock, z } from 'chatserv';
import { inGroups } from './in-groups.ts';
import type { Peers } from './peers.ts';
import type { Held, Replica } from './replica.ts';

/** How often a claim is tried that others change at the same time. */
const ATTEMPTS = 5;

/** How long new claims wait for those that servers had before NATS lost them, in milliseconds. */
const GRACE = 3000;

/** How long a claim may take in all, and the wait before a removal is tried again, in milliseconds. */
const [CLAIM_TIME, AGAIN] = [4000, 5000];

/** Who has what, under the key `claim.<account>`, `claim.<account>.d<device>` or `claim.guest.<name>`. */
const owner = z.object({ server: z.string(), login: z.string() });

/** What sessions of this server hold. */
interface Holding {
  readonly claim: SessionClaim;
  /** The session that claimed it last. */
  login: string;
  /** How many sessions hold it, or try to get it. */
  count: number;
  /** The revision with which this server got it; 0 before that. */
  revision: number;
}

/** The claims of this server, by key. */
export type Holdings = Map<string, Holding>;

/** Claims in a bucket that all servers share. A claim is taken by comparing and replacing its revision. */
export class Claims implements SessionClaims {
  readonly #replica: Replica;
  readonly #peers: Peers;
  readonly #server: string;
  readonly #holdings: Holdings;
  readonly #after: SteadyClock['after'];
  readonly #queue = new KeyedQueue<string>();
  #waiting: Promise<void> | undefined;
  readonly #removing = new Set<Promise<unknown>>();
  readonly #watchers = new Set<{ lost(claim: SessionClaim): void }>();

  /** @param holdings those from before a reload, or none */
  constructor(replica: Replica, peers: Peers, server: string, holdings: Holdings, after: SteadyClock['after']) {
    this.#replica = replica;
    this.#peers = peers;
    this.#server = server;
    this.#holdings = holdings;
    this.#after = after;
  }

  async claim(claim: SessionClaim, login: string, takesOver: boolean): Promise<boolean> {
    const key = keyOf(claim);
    const holding = this.#holdings.get(key) ?? { claim, login, count: 0, revision: 0 };
    holding.count++;
    this.#holdings.set(key, holding);
    const taking = Promise.resolve(this.#waiting).then(() =>
      this.#queue.run(key, () => this.#take(key, holding, login, takesOver)),
    );
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#after(CLAIM_TIME, () => reject(new Error('NATS takes too long')));
    let isTaken = false;
    try {
      isTaken = await Promise.race([taking, late]);
    } finally {
      cancel();
      // What is taken later is for nobody.
      if (!isTaken) void taking.catch(() => {}).finally(() => this.release(claim));
    }
    return isTaken;
  }

  release(claim: SessionClaim): void {
    const key = keyOf(claim);
    const holding = this.#holdings.get(key);
    if (holding === undefined || --holding.count > 0) return;
    this.#holdings.delete(key);
    void this.#remove(key);
  }

  watch(lost: (claim: SessionClaim) => void): () => void {
    const watcher = { lost };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** NATS has lost all claims: new ones wait until servers have set theirs again. */
  wait(): void {
    const waiting = new Promise<void>((resolve) => this.#after(GRACE, resolve)).then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    this.#waiting = waiting;
  }

  /** Gets back what nobody has taken, as after a while without NATS, and gives up what was released meanwhile. */
  async refresh(): Promise<void> {
    await inGroups([...this.#holdings], async ([key, holding]) => {
      if (holding.revision === 0) return;
      const again = () => this.#take(key, holding, holding.login, false);
      const isTaken = await this.#queue.run(key, again).catch(() => undefined);
      if (isTaken === false) this.#lose(holding);
    });
    const released = [...this.#replica.entries].filter(([key, held]) => this.#isReleased(key, held));
    await inGroups(released, ([key]) => this.#remove(key));
  }

  /** A key was set or removed. */
  note(key: string, held: Held | undefined): void {
    const holding = this.#holdings.get(key);
    // NATS may have done late what was given up, as after a network that stood still.
    if (holding === undefined && this.#isReleased(key, held)) void this.#remove(key);
    if (held === undefined || holding === undefined || holding.revision === 0) return;
    if (held.revision > holding.revision && read(held)?.server !== this.#server) this.#lose(holding);
  }

  /** Resolves when everything that was released is free. */
  async settled(): Promise<void> {
    await Promise.all(this.#removing);
  }

  /** Whether a key is a claim of this server that nobody holds here. */
  #isReleased(key: string, held: Held | undefined): boolean {
    if (held === undefined || !isClaim(key) || this.#holdings.has(key)) return false;
    return read(held)?.server === this.#server;
  }

  async #take(key: string, holding: Holding, login: string, takesOver: boolean): Promise<boolean> {
    const value = JSON.stringify({ server: this.#server, login });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      let revision = await this.#replica.create(key, value);
      if (revision === undefined) {
        const held = await this.#replica.get(key);
        if (held === undefined) continue;
        const { server, login: other } = read(held) ?? { server: '', login: '' };
        const isFree = server === this.#server || other === login || !this.#peers.isAlive(server);
        if (!isFree && !takesOver) return false;
        revision = await this.#replica.replace(key, value, held.revision);
      }
      if (revision === undefined) continue;
      Object.assign(holding, { login, revision });
      return true;
    }
    return false;
  }

  #remove(key: string): Promise<unknown> {
    const removing = this.#queue
      .run(key, async () => {
        if (this.#holdings.has(key)) return;
        const held = await this.#replica.get(key);
        if (held !== undefined && read(held)?.server === this.#server) await this.#replica.remove(key, held.revision);
      })
      // Otherwise it is free once this server is connected again, or has lapsed.
      .catch(() => this.#replica.isReady && this.#after(AGAIN, () => void this.#remove(key)))
      .finally(() => this.#removing.delete(removing));
    this.#removing.add(removing);
    return removing;
  }

  #lose(holding: Holding): void {
    holding.revision = 0;
    for (const { lost } of this.#watchers) lost(holding.claim);
  }
}

/** Whether a key is that of a claim. */
export const isClaim = (key: string): boolean => key.startsWith('claim.');

function keyOf(claim: SessionClaim): string {
  if ('guest' in claim) return `claim.guest.${encoded(claim.guest)}`;
  const { account, device } = claim;
  const whole = `claim.${account.id}`;
  return device === undefined ? whole : `${whole}.d${encoded(device)}`;
}

/** A text of the characters that a key may have. */
function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function read({ value }: Held): z.infer<typeof owner> | undefined {
  try {
    return owner.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
