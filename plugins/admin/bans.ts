import type { Account, Blocks, Session, TimedBlocks } from 'chatserv';
import { accountKey, oldKey } from './keys.ts';
import { networkAround, widthOf } from './networks.ts';

/** Stands for any user, or any network, on its side of the pair. Neither can have this name. */
const ANY = '*';

/** Accounts and networks that may not log in or connect. */
export class Bans {
  readonly #blocks: Blocks;
  readonly #timed: TimedBlocks;
  /** The prefix lengths of banned networks. Each connection is looked up at each of them. */
  readonly #widths = new Set<number>();

  constructor(blocks: Blocks, timed: TimedBlocks) {
    this.#blocks = blocks;
    this.#timed = timed;
  }

  /** Whether networks of many places can be banned: the store must be able to list them after a restart. */
  get canBeWide(): boolean {
    return this.#blocks.list !== undefined;
  }

  /** Reads which networks are banned. */
  async load(): Promise<void> {
    for (const { network } of (await this.#blocks.list?.(ANY)) ?? []) this.#noteWidth(network);
  }

  async addAccount(account: Account, seconds: number): Promise<void> {
    await this.#timed.add(accountKey(account), ANY, seconds);
  }

  async addNetwork(network: string, seconds: number): Promise<void> {
    this.#noteWidth(network);
    await this.#timed.add(ANY, network, seconds);
  }

  async removeAccount(account: Account): Promise<void> {
    for (const key of [accountKey(account), oldKey(account)]) await this.#timed.remove(key, ANY);
  }

  async removeNetwork(network: string): Promise<void> {
    await this.#timed.remove(ANY, network);
  }

  /** How much longer an account is banned, in seconds; 0 when it is not. */
  async ofAccount(account: Account): Promise<number> {
    return Math.max(
      ...(await Promise.all([accountKey(account), oldKey(account)].map((key) => this.#timed.left(key, ANY)))),
    );
  }

  /** Whether a ban keeps out whoever connects from there. Exempt networks are never kept out. */
  async holds({ address, network, exempt }: Session): Promise<boolean> {
    if (exempt) return false;
    const around = [...this.#widths].map((width) => networkAround(address, width) ?? network);
    const left = await Promise.all([...new Set([network, ...around])].map((one) => this.#timed.left(ANY, one)));
    return left.some((seconds) => seconds > 0);
  }

  #noteWidth(network: string): void {
    const width = widthOf(network);
    if (width !== undefined) this.#widths.add(width);
  }
}

/** Whether a session comes from a network, and a ban of it would keep it out. */
export function isFrom(network: string): (session: Session) => boolean {
  const width = widthOf(network);
  return (session) => {
    if (session.exempt) return false;
    return (width === undefined ? session.network : networkAround(session.address, width)) === network;
  };
}
