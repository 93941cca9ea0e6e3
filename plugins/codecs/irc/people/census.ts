import type { Account } from 'chatserv';
import type { Irc } from '../irc.ts';

/** Counts who is online, and how many were at most. */
export class Census {
  readonly #irc: Irc;
  readonly #here = new Set<number>();
  readonly #everywhere = new Set<number>();
  /** The most accounts that were online at a time: on this server, and on all. */
  readonly most = { here: 0, everywhere: 0 };

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /** Begins with those who are online. */
  start(online: readonly Account[]): void {
    this.#here.clear();
    this.#everywhere.clear();
    for (const account of online) this.changed(account);
  }

  /** An account came online or went offline. */
  changed({ id, name }: Account): void {
    const { server, presence } = this.#irc;
    const isHere = server.sessionsOf({ id, name }).length > 0;
    put(this.#here, id, isHere);
    put(this.#everywhere, id, isHere || presence.find(name)?.id === id);
    this.most.here = Math.max(this.most.here, this.here);
    this.most.everywhere = Math.max(this.most.everywhere, this.everywhere);
  }

  /** How many accounts are online on this server. */
  get here(): number {
    return this.#here.size;
  }

  /** How many accounts are online on all servers. */
  get everywhere(): number {
    return this.#everywhere.size;
  }
}

function put(set: Set<number>, id: number, isIn: boolean): void {
  if (isIn) set.add(id);
  else set.delete(id);
}
