import type { Account } from '../api/account.ts';
import { nameKey } from '../api/names.ts';
import type { Recipient } from './recipient.ts';

/** The logged-in sessions of this process, by account, and who is online, by name. */
export class Online {
  /** Called with each account whose first session came or whose last one left, and with both names of a renamed one. */
  changed: (account: Account) => void = () => {};
  /** Finds an account that is online on another server. */
  elsewhere: (name: string) => Account | undefined = () => undefined;
  readonly #sessions = new Map<number, Recipient[]>();
  readonly #ids = new Map<string, number>();

  add(session: Recipient, account: Account): void {
    const others = this.#sessions.get(account.id);
    if (others !== undefined) return void others.push(session);
    this.#sessions.set(account.id, [session]);
    this.#ids.set(nameKey(account.name), account.id);
    this.changed(account);
  }

  remove(session: Recipient): void {
    const { account } = session;
    if (account === undefined) return;
    const rest = this.of(account.id).filter((other) => other !== session);
    if (rest.length > 0) this.#sessions.set(account.id, rest);
    else if (this.#sessions.delete(account.id)) this.rename(account);
  }

  /** An account has lost its name, and may have got another one. */
  rename(before: Account, account?: Account): void {
    // The name of a removed account may belong to another by now.
    const key = nameKey(before.name);
    if (this.#ids.get(key) === before.id) this.#ids.delete(key);
    if (account !== undefined) this.#ids.set(nameKey(account.name), account.id);
    for (const one of [before, account]) if (one !== undefined) this.changed(one);
  }

  /** Every account online, in the order in which they came. */
  accounts(): Account[] {
    return [...this.all()].flatMap(([session]) => session?.account ?? []);
  }

  /** The account online under that name, in any spelling. */
  find(name: string): Account | undefined {
    return this.of(this.#ids.get(nameKey(name)) ?? 0)[0]?.account ?? this.elsewhere(name);
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
