import { createHash } from 'node:crypto';
import type { Account, MessageLog, Server, Session, SteadyClock } from 'chatserv';

/** How many accounts' counts to cache, and for how many senders and origins each. */
const ACCOUNTS = 2000;
const SENDERS = 100;

/** How long a full inbox counts as full before it is counted again, in milliseconds. */
const STALE = 10_000;

/** Messages to more accounts than this have no quota, like those to everyone: the log's retention bounds them. */
const NAMED_MOST = 32;

/** The most messages in an account's inbox. */
export interface QuotaLimits {
  readonly maxQueued: number;
  /** The most from one sender. */
  readonly maxQueuedPerSender: number;
  /** Once this many are from one network, strangers on that network can add no more. */
  readonly maxQueuedPerNetwork: number;
  /** The part of `maxQueued` that strangers can fill: senders to whom the account has never written. */
  readonly strangersShare: number;
}

/** The sender id of the server's own messages. The server is never a stranger. */
const SERVER = 0;

/** An inbox's counts for a sender. */
interface Sender {
  /** How many messages in the inbox are from it. */
  own: number;
  readonly isStranger: boolean;
}

/** The counts of an inbox. */
interface Count {
  all: number;
  readonly bySender: Map<number, Sender>;
  readonly byOrigin: Map<string, number>;
  readonly at: number;
}

/** Finds full inboxes. It caches counts and updates them with each message. */
export class InboxQuota {
  readonly #log: MessageLog;
  readonly #server: Server;
  readonly #clock: SteadyClock;
  readonly #limits: QuotaLimits;
  readonly #furthest: (account: Account) => Promise<number>;
  /** By account id. */
  readonly #counts = new Map<number, Count>();
  /** The origins of senders, which are computed once a session. */
  readonly #origins = new WeakMap<Session, string>();

  /** @param furthest the id up to which one of an account's devices has everything */
  constructor(
    log: MessageLog,
    server: Server,
    clock: SteadyClock,
    limits: QuotaLimits,
    furthest: (account: Account) => Promise<number>,
  ) {
    this.#log = log;
    this.#server = server;
    this.#clock = clock;
    this.#limits = limits;
    this.#furthest = furthest;
  }

  /** The origin that the log stores for a sender: its network, hashed. Undefined if limits per network do not apply. */
  originOf(sender: Account): string | undefined {
    const session = this.#server.sessionsOf(sender).find(({ exempt }) => !exempt);
    if (session === undefined) return undefined;
    let origin = this.#origins.get(session);
    if (origin === undefined && session.network) {
      origin = createHash('sha256').update(session.network).digest('base64url').slice(0, 12);
      this.#origins.set(session, origin);
    }
    return origin;
  }

  /** The accounts whose inboxes take no more messages from a sender. Accounts that are online and up to date are never full. */
  async full(accounts: readonly Account[], sender: number, origin: string | undefined): Promise<Account[]> {
    if (accounts.length > NAMED_MOST) return [];
    // In parallel, so that the store answers them in one batch.
    const isFull = await Promise.all(accounts.map((account) => this.#isFull(account, sender, origin)));
    return accounts.filter((_, index) => isFull[index]);
  }

  /** Whether all of these accounts are online and up to date: such inboxes are never full, and need no count. */
  areLive(accounts: readonly Account[]): boolean {
    for (const account of accounts) if (!this.#isLive(account)) return false;
    return true;
  }

  #isLive(account: Account): boolean {
    for (const { feed } of this.#server.sessionsOf(account)) {
      if (!feed.live) continue;
      // The account has read what was counted.
      this.forget(account);
      return true;
    }
    return false;
  }

  /** Drops the counts of an account, which may have read something. */
  forget(account: Account): void {
    this.#counts.delete(account.id);
  }

  async #isFull(account: Account, sender: number, origin: string | undefined): Promise<boolean> {
    if (this.#isLive(account)) return false;
    const limit = await this.#limitFor(account, sender, origin);
    if (limit === undefined) this.#add(account.id, sender, origin);
    else this.#server.countLimitHit(limit);
    return limit !== undefined;
  }

  async #limitFor(account: Account, sender: number, origin: string | undefined): Promise<string | undefined> {
    const known = this.#counts.get(account.id);
    const limit = known && this.#limitOf(known, sender, origin);
    // Without both counts, only the log can tell.
    const isKnown = known?.bySender.has(sender) && (origin === undefined || known.byOrigin.has(origin));
    if (known && isKnown && (limit === undefined || this.#clock.monotonic() < known.at + STALE)) return limit;
    const after = await this.#furthest(account);
    const counted = await this.#log.count(account.id, sender, after, this.#limits.maxQueued, origin);
    const { all, own, sameOrigin, isContact } = counted;
    // A full map is replaced by an empty one.
    const withSpace = <Key, Value>(map: Map<Key, Value> | undefined) =>
      map !== undefined && map.size < SENDERS ? map : new Map<Key, Value>();
    const bySender = withSpace(known?.bySender).set(sender, { own, isStranger: sender !== SERVER && !isContact });
    const byOrigin = withSpace(known?.byOrigin);
    if (origin !== undefined) byOrigin.set(origin, sameOrigin);
    const count = { all, bySender, byOrigin, at: this.#clock.monotonic() };
    this.#counts.delete(account.id);
    this.#counts.set(account.id, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > ACCOUNTS && oldest !== undefined) this.#counts.delete(oldest);
    return this.#limitOf(count, sender, origin);
  }

  #limitOf({ all, bySender, byOrigin }: Count, sender: number, origin: string | undefined): string | undefined {
    const { maxQueued, maxQueuedPerSender, maxQueuedPerNetwork, strangersShare } = this.#limits;
    const { own = 0, isStranger = false } = bySender.get(sender) ?? {};
    if (all >= maxQueued) return 'waiting-messages';
    if (own >= maxQueuedPerSender) return 'waiting-messages-from-sender';
    if (!isStranger) return undefined;
    if (all >= Math.ceil(maxQueued * strangersShare)) return 'waiting-messages-from-strangers';
    const sameOrigin = origin === undefined ? 0 : (byOrigin.get(origin) ?? 0);
    return sameOrigin >= maxQueuedPerNetwork ? 'waiting-messages-from-network' : undefined;
  }

  #add(account: number, sender: number, origin: string | undefined): void {
    const count = this.#counts.get(account);
    if (count === undefined) return;
    count.all++;
    const known = count.bySender.get(sender);
    if (known !== undefined) known.own++;
    const sameOrigin = origin === undefined ? undefined : count.byOrigin.get(origin);
    if (origin !== undefined && sameOrigin !== undefined) count.byOrigin.set(origin, sameOrigin + 1);
  }
}
