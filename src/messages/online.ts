import type { Account } from '../api/account.ts';
import { nameKey } from '../api/names.ts';
import type { Recipient } from './recipient.ts';

/** The logged-in sessions of this process, by account, and who is online, by name. */
export class Online {
  /** Called with each account whose first session came or whose last one left. */
  changed: (account: Account) => void = () => {};
  /** Finds an account that is online on another server. */
  elsewhere: (name: string) => Account | undefined = () => undefined;
  readonly #sessions = new Map<number, Recipient[]>();
  readonly #names = new Map<string, Account>();

  add(session: Recipient, account: Account): void {
    const others = this.#sessions.get(account.id);
    if (others !== undefined) {
      others.push(session);
      return;
    }
    this.#sessions.set(account.id, [session]);
    this.#names.set(nameKey(account.name), account);
    this.changed(account);
  }

  remove(session: Recipient): void {
    const { account } = session;
    const sessions = account && this.#sessions.get(account.id);
    if (account === undefined || sessions === undefined) return;
    const rest = sessions.filter((other) => other !== session);
    if (rest.length > 0) {
      this.#sessions.set(account.id, rest);
      return;
    }
    this.#sessions.delete(account.id);
    // The name of a removed account may belong to another by now.
    const key = nameKey(account.name);
    if (this.#names.get(key)?.id === account.id) this.#names.delete(key);
    this.changed(account);
  }

  /** Every account online, in the order in which they came. */
  accounts(): Account[] {
    return [...this.#names.values()];
  }

  /** The account online under that name, in any spelling. */
  find(name: string): Account | undefined {
    return this.#names.get(nameKey(name)) ?? this.elsewhere(name);
  }

  /** The sessions of an account. */
  of(account: number): readonly Recipient[] {
    return this.#sessions.get(account) ?? [];
  }

  /** All sessions, by account. */
  all(): IterableIterator<readonly Recipient[]> {
    return this.#sessions.values();
  }
}
