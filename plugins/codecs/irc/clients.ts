import type { Account, Session } from 'chatserv';
import type { Client } from './client.ts';

/** The clients that speak IRC. */
export class Clients {
  /** By the numbers of their sessions. */
  readonly #byNumber = new Map<number, Client>();
  /** Those that are online, by account. */
  readonly #byAccount = new Map<number, Client[]>();

  /** A client has connected. It is forgotten once its connection is gone. */
  add(client: Client): void {
    const { session } = client;
    this.#byNumber.set(session.id, client);
    session.onClosed(() => this.#byNumber.delete(session.id));
  }

  /** The client of a session; undefined if it speaks another protocol. */
  get(session: Session): Client | undefined {
    return this.#byNumber.get(session.id);
  }

  /** The client of a session, by the session's number. */
  byNumber(session: number): Client | undefined {
    return this.#byNumber.get(session);
  }

  /** A client is online: lines for its account reach it from now on. */
  online(client: Client, { id }: Account): void {
    this.#byAccount.set(id, [...(this.#byAccount.get(id) ?? []), client]);
  }

  /** A client is no longer online. */
  offline(client: Client, { id }: Account): void {
    const rest = this.of({ id }).filter((other) => other !== client);
    if (rest.length > 0) this.#byAccount.set(id, rest);
    else this.#byAccount.delete(id);
  }

  /** The clients of an account that are online. */
  of({ id }: Pick<Account, 'id'>): readonly Client[] {
    return this.#byAccount.get(id) ?? [];
  }

  /** All clients that are online. */
  *all(): Iterable<Client> {
    for (const clients of this.#byAccount.values()) yield* clients;
  }

  /** The user name that an account's client gave itself; undefined if none of its clients is online. */
  userOf(account: Pick<Account, 'id'>): string | undefined {
    return this.of(account)[0]?.user;
  }
}
