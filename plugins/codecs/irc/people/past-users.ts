import { nameKey } from 'chatserv';
import type { Client } from '../client.ts';

/** How many users who left are remembered. */
const REMEMBERED_MOST = 1000;

/** A user who was online. */
export interface PastUser {
  readonly nick: string;
  readonly user: string;
  readonly host: string;
  readonly realname: string;
  /** When it left, in milliseconds since 1970. */
  readonly time: number;
}

/** The users who were online lately, as their clients described them. */
export class PastUsers {
  readonly #users: PastUser[] = [];

  /** A client leaves, or takes another nick. @param nick the one that it had */
  add({ nick: present, user, realname, irc }: Client, nick = present): void {
    this.#users.push({ nick, user, host: irc.options.name, realname, time: irc.clock.now() });
    if (this.#users.length > REMEMBERED_MOST) this.#users.shift();
  }

  /** Those who had a nick, the latest first. */
  named(nick: string): PastUser[] {
    const key = nameKey(nick);
    return this.#users.filter((one) => nameKey(one.nick) === key).reverse();
  }
}
