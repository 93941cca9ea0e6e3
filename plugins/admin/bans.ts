import { isIP } from 'node:net';
import { type Account, type Blocks, type Clock, networkOf, plainAddress } from 'chatserv';
import { accountKey, oldKey } from './keys.ts';

/** Stands for whatever user, or whatever network, on its side of the pair; none can be called so. */
const ANY = '*';

/** Accounts and networks that may not log in or connect. */
export class Bans {
  readonly #blocks: Blocks;
  readonly #clock: Clock;

  constructor(blocks: Blocks, clock: Clock) {
    this.#blocks = blocks;
    this.#clock = clock;
  }

  async addAccount(account: Account, seconds: number): Promise<void> {
    await this.#add(accountKey(account), ANY, seconds);
  }

  async addNetwork(network: string, seconds: number): Promise<void> {
    await this.#add(ANY, network, seconds);
  }

  async removeAccount(account: Account): Promise<void> {
    for (const key of [accountKey(account), oldKey(account)]) await this.#blocks.remove(key, ANY);
  }

  async removeNetwork(network: string): Promise<void> {
    await this.#blocks.remove(ANY, network);
  }

  /** How much longer an account is banned, in seconds; 0 when it is not. */
  async ofAccount(account: Account): Promise<number> {
    return Math.max(await this.#left(accountKey(account), ANY), await this.#left(oldKey(account), ANY));
  }

  /** How much longer a network is banned, in seconds; 0 when it is not. */
  ofNetwork(network: string): Promise<number> {
    return this.#left(ANY, network);
  }

  async #add(user: string, network: string, seconds: number): Promise<void> {
    const now = this.#clock.now();
    await this.#blocks.add(user, network, now + seconds * 1000, now);
  }

  async #left(user: string, network: string): Promise<number> {
    const now = this.#clock.now();
    const until = await this.#blocks.find(user, network, now);
    return Math.max(0, Math.ceil((until - now) / 1000));
  }
}

/** The network of an IP address; undefined when it is none, and so a user name. */
export function networkIn(who: string): string | undefined {
  return isIP(who) === 0 ? undefined : networkOf(plainAddress(who));
}
