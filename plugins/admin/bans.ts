import type { Account, Session, TimedBlocks } from 'chatserv';
import { networkAround, widthOf } from './networks.ts';

/** The prefix of a banned network's key. */
const NETWORK = 'network:';

/** Accounts and networks that may not log in or connect. */
export class Bans {
  readonly #timed: TimedBlocks;
  /** The prefix lengths of banned networks. Each new connection is looked up at every one. */
  readonly #widths = new Set<number>();

  constructor(timed: TimedBlocks) {
    this.#timed = timed;
  }

  /** Loads the prefix lengths of banned networks. */
  async load(): Promise<void> {
    for (const key of await this.#timed.keys(NETWORK)) this.#noteWidth(key.slice(NETWORK.length));
  }

  /** Another server has banned a network. */
  note(network: string): void {
    this.#noteWidth(network);
  }

  async addAccount(account: Account, seconds: number): Promise<void> {
    await this.#timed.add(accountKey(account), seconds);
  }

  async addNetwork(network: string, seconds: number): Promise<void> {
    this.#noteWidth(network);
    await this.#timed.add(NETWORK + network, seconds);
  }

  async removeAccount(account: Account): Promise<void> {
    await this.#timed.remove(accountKey(account));
  }

  async removeNetwork(network: string): Promise<void> {
    await this.#timed.remove(NETWORK + network);
  }

  /** The seconds left of an account's ban; 0 if it is not banned. */
  ofAccount(account: Account): Promise<number> {
    return this.#timed.left(accountKey(account));
  }

  /** Whether a session connects from a banned network. Exempt addresses never do. */
  async holds({ address, network, exempt }: Session): Promise<boolean> {
    if (exempt) return false;
    const around = [...this.#widths].map((width) => networkAround(address, width) ?? network);
    const networks = [...new Set([network, ...around])];
    const left = await Promise.all(networks.map((one) => this.#timed.left(NETWORK + one)));
    return left.some((seconds) => seconds > 0);
  }

  #noteWidth(network: string): void {
    const width = widthOf(network);
    if (width !== undefined) this.#widths.add(width);
  }
}

function accountKey({ id }: Account): string {
  return `account:${id}`;
}

/** Matches the sessions that a ban of a network closes. */
export function isFrom(network: string): (session: Session) => boolean {
  const width = widthOf(network);
  return (session) => {
    if (session.exempt) return false;
    return (width === undefined ? session.network : networkAround(session.address, width)) === network;
  };
}
