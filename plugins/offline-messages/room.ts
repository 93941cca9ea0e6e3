import type { Account, Log, Server, SteadyClock } from 'chatserv';

/** How many accounts' counts are remembered, and of how many senders each. */
const ACCOUNTS = 2000;
const SENDERS = 100;

/** After how long what is said to be full is counted again, in milliseconds. */
const STALE = 10_000;

/** Messages to more accounts than this are bounded as those to everyone are: by what the log keeps. */
const NAMED_MOST = 32;

/** How many messages may wait for an account, and how many of them from one sender. */
export interface RoomLimits {
  readonly waiting: number;
  readonly waitingFrom: number;
}

/** What waits for an account, as far as it was counted. */
interface Count {
  all: number;
  readonly bySender: Map<number, number>;
  readonly at: number;
}

/** Knows for whom there is room in the log: what is asked of it is remembered, and what is added is counted on. */
export class Room {
  readonly #log: Log;
  readonly #server: Server;
  readonly #clock: SteadyClock;
  readonly #limits: RoomLimits;
  readonly #cursor: (account: number) => Promise<{ readonly id: number }>;
  readonly #counts = new Map<number, Count>();

  /** @param cursor where an account's cursor is */
  constructor(
    log: Log,
    server: Server,
    clock: SteadyClock,
    limits: RoomLimits,
    cursor: (account: number) => Promise<{ readonly id: number }>,
  ) {
    this.#log = log;
    this.#server = server;
    this.#clock = clock;
    this.#limits = limits;
    this.#cursor = cursor;
  }

  /** Those of the accounts for whom too much waits already. Who is given what is said at once is none of them. */
  async full(accounts: readonly Account[], sender: number): Promise<Account[]> {
    if (accounts.length > NAMED_MOST) return [];
    // At once, so that all of them are one request of the store each, and not as many after one another.
    const isFull = await Promise.all(accounts.map((account) => this.#isFull(account, sender)));
    return accounts.filter((_, index) => isFull[index]);
  }

  async #isFull(account: Account, sender: number): Promise<boolean> {
    if (this.#server.sessionsOf(account).some(({ feed }) => feed.live)) {
      this.forget(account);
      return false;
    }
    const limit = await this.#limitMet(account.id, sender);
    if (limit === undefined) this.#add(account.id, sender);
    else this.#server.limitMet(limit);
    return limit !== undefined;
  }

  /** Something may have been read: what was counted of the account is no longer so. */
  forget(account: Account): void {
    this.#counts.delete(account.id);
  }

  async #limitMet(account: number, sender: number): Promise<string | undefined> {
    const known = this.#counts.get(account);
    const limit = known && this.#limitOf(known, sender);
    if (known?.bySender.has(sender) && (limit === undefined || this.#clock.monotonic() < known.at + STALE))
      return limit;
    const { id } = await this.#cursor(account);
    const { all, own } = await this.#log.count(account, sender, id, this.#limits.waiting);
    const bySender = known !== undefined && known.bySender.size < SENDERS ? known.bySender : new Map<number, number>();
    const count = { all, bySender: bySender.set(sender, own), at: this.#clock.monotonic() };
    this.#counts.delete(account);
    this.#counts.set(account, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > ACCOUNTS && oldest !== undefined) this.#counts.delete(oldest);
    return this.#limitOf(count, sender);
  }

  #limitOf({ all, bySender }: Count, sender: number): string | undefined {
    if (all >= this.#limits.waiting) return 'waiting-messages';
    return (bySender.get(sender) ?? 0) >= this.#limits.waitingFrom ? 'waiting-messages-from-sender' : undefined;
  }

  #add(account: number, sender: number): void {
    const count = this.#counts.get(account);
    if (count === undefined) return;
    count.all++;
    count.bySender.set(sender, (count.bySender.get(sender) ?? 0) + 1);
  }
}
