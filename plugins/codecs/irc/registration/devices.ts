import { nameKey } from 'chatserv';
import type { Client } from '../client.ts';
import type { Irc } from '../irc.ts';
import { answersPing } from '../keepalive.ts';

/** The devices of clients that name none: the first, and further ones while others are on. */
export const UNNAMED = ['irc', 'irc-2', 'irc-3', 'irc-4'] as const;

/** How long the client of a device may take to show that it is still there, in milliseconds. */
const ANSWER_TIME = 2_000;

/** Chooses devices for clients that name none, so that several of an account can be on at once. */
export class Devices {
  readonly #irc: Irc;
  /** Clients that are logging in, by what they were given: the key of a name, and a device. */
  readonly #given = new Map<string, Client>();

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /**
   * The first device that no other client of the account is on, or the last one. A client that left its connection behind
   * is not on it: it does not answer a PING, and its device is taken over.
   * @param name that of the account
   */
  async choose(client: Client, name: string): Promise<string> {
    for (const device of UNNAMED) {
      const holder = this.#holder(name, device);
      const isFree = holder === undefined || !(await this.#isThere(holder));
      if (!isFree || this.#holder(name, device) !== holder) continue;
      this.#give(client, `${nameKey(name)} ${device}`);
      return device;
    }
    return UNNAMED.at(-1) ?? '';
  }

  #holder(name: string, device: string): Client | undefined {
    const given = this.#given.get(`${nameKey(name)} ${device}`);
    if (given?.registration !== undefined && !given.session.ended) return given;
    const account = this.#irc.presence.find(name);
    return account && this.#irc.clients.of(account).find(({ session }) => session.deviceName === device);
  }

  async #isThere(client: Client): Promise<boolean> {
    return client.registration !== undefined || answersPing(client, ANSWER_TIME);
  }

  #give(client: Client, device: string): void {
    this.#given.set(device, client);
    client.session.onClosed(() => {
      if (this.#given.get(device) === client) this.#given.delete(device);
    });
  }
}
