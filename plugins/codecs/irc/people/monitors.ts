import { type Account, nameKey } from 'chatserv';
import type { Client } from '../client.ts';
import { type Irc, sourceOf } from '../irc.ts';
import { nickOf } from '../names.ts';

/** How many nicks a client can monitor. */
export const MONITORED_MOST = 100;

/** A nick that clients monitor. */
interface Monitored {
  readonly clients: Set<Client>;
  /** The nick as it was last shown, while somebody is online under it. */
  shown: string | undefined;
}

/** The nicks whose coming and going clients are told of. */
export class Monitors {
  readonly #irc: Irc;
  /** By the key of the nick. */
  readonly #monitored = new Map<string, Monitored>();
  /** The nicks of each client as it wrote them, by their keys. */
  readonly #lists = new Map<Client, Map<string, string>>();

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /** The nicks that a client monitors. */
  of(client: Client): string[] {
    return [...(this.#lists.get(client)?.values() ?? [])];
  }

  /** @returns whether the client's list has room for it */
  add(client: Client, nick: string): boolean {
    const key = nameKey(nick);
    const list = this.#lists.get(client) ?? new Map<string, string>();
    if (!list.has(key) && list.size >= MONITORED_MOST) return false;
    this.#lists.set(client, list.set(key, nick));
    const account = this.#irc.presence.find(nick);
    const monitored = this.#monitored.get(key) ?? { clients: new Set(), shown: account && nickOf(account) };
    monitored.clients.add(client);
    this.#monitored.set(key, monitored);
    return true;
  }

  /** Removes a nick from the list of a client, if it is there. */
  remove(client: Client, nick: string): void {
    const key = nameKey(nick);
    this.#lists.get(client)?.delete(key);
    const monitored = this.#monitored.get(key);
    monitored?.clients.delete(client);
    if (monitored?.clients.size === 0) this.#monitored.delete(key);
  }

  /** Empties the list of a client. */
  clear(client: Client): void {
    for (const nick of this.of(client)) this.remove(client, nick);
    this.#lists.delete(client);
  }

  /** The clients that monitor an account. */
  clientsFor({ name }: Pick<Account, 'name'>): Client[] {
    return [...(this.#monitored.get(nameKey(name))?.clients ?? [])];
  }

  /** An account came online or went offline, or has this name no longer. */
  changed({ name }: Account): void {
    const monitored = this.#monitored.get(nameKey(name));
    if (monitored === undefined) return;
    const before = monitored.shown;
    const account = this.#irc.presence.find(name);
    monitored.shown = account && nickOf(account);
    if ((before === undefined) === (account === undefined)) return;
    for (const client of monitored.clients) {
      if (account !== undefined) client.send(client.numericLine('RPL_MONONLINE', [], sourceOf(this.#irc, account)));
      else client.send(client.numericLine('RPL_MONOFFLINE', [], before));
    }
  }
}
