import { hash } from 'node:crypto';
import { LEASE } from './peers.ts';

/** A name that can be a part of a subject. */
const NAME = /^[\w-]+$/;

/** Servers that share keys among them. Each key belongs to the server that it goes with best (rendezvous hashing). */
export class Owners {
  readonly #server: string;
  /** When each other server was heard of last, in milliseconds of the monotonic clock. */
  readonly #heard: Map<string, number>;
  readonly #now: () => number;

  /** @param server this one @param heard from before a reload, or empty */
  constructor(server: string, heard: Map<string, number>, now: () => number) {
    this.#server = server;
    this.#heard = heard;
    this.#now = now;
  }

  /** @returns whether the server was not there before */
  heard(server: string): boolean {
    if (server === this.#server || !NAME.test(server)) return false;
    const isNew = !this.#heard.has(server);
    this.#heard.set(server, this.#now());
    return isNew;
  }

  /** A server cannot be reached: it owns nothing until it is heard of again. */
  lost(server: string): void {
    this.#heard.delete(server);
  }

  of(key: string): string {
    const since = this.#now() - LEASE;
    let [owner, most] = [this.#server, fit(this.#server, key)];
    for (const [server, time] of this.#heard) {
      if (time < since) this.#heard.delete(server);
      else if (fit(server, key) > most) [owner, most] = [server, fit(server, key)];
    }
    return owner;
  }
}

/** How well a server and a key go together; texts of one length, to be compared. */
function fit(server: string, key: string): string {
  return hash('sha1', `${server} ${key}`);
}
