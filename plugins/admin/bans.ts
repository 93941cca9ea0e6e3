import { isIP } from 'node:net';
import { type Blocks, type Clock, nameKey, networkOf, plainAddress } from 'chatserv';

/** Stands for whatever user, or whatever network, on its side of the pair; none can be called so. */
const ANY = '*';

/** Whom nobody wants here, user names and the networks of IP addresses, and who is not to be heard. */
export class Bans {
  readonly #blocks: Blocks;
  readonly #clock: Clock;

  constructor(blocks: Blocks, clock: Clock) {
    this.#blocks = blocks;
    this.#clock = clock;
  }

  /** @param who a user name or an IP address */
  async add(who: string, seconds: number): Promise<void> {
    const now = this.#clock.now();
    await this.#blocks.add(...pairOf(who), now + seconds * 1000, now);
  }

  /** @param who a user name or an IP address */
  async remove(who: string): Promise<void> {
    await this.#blocks.remove(...pairOf(who));
  }

  /** How long a user is banned yet, in seconds; 0 when it is not. */
  ofUser(name: string): Promise<number> {
    return this.#left(nameKey(name), ANY);
  }

  /** How long a network is banned yet, in seconds; 0 when it is not. */
  ofNetwork(network: string): Promise<number> {
    return this.#left(ANY, network);
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

function pairOf(who: string): [user: string, network: string] {
  const network = networkIn(who);
  return network === undefined ? [nameKey(who), ANY] : [ANY, network];
}
