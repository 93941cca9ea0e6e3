import type { Account } from '../api/account.ts';
import { nameKey } from '../api/names.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Presence, PresentAccount } from '../services/presence.ts';

/** A bot that is shown as online, and how many times. */
interface Shown {
  readonly account: PresentAccount;
  times: number;
}

/** An account that is online on other servers. */
interface Remote {
  account: Account;
  /** The names of its devices, a list for each server. */
  readonly devices: Set<readonly string[]>;
}

/** The accounts that are online: those of the kernel's sessions, and users of other servers and bots that plugins show. */
export class SessionPresence implements Presence {
  readonly #kernel: Kernel;
  readonly #bots = new Map<number, Shown>();
  readonly #remotes = new Map<number, Remote>();
  /** Their accounts, by name. */
  readonly #remoteNames = new Map<string, Account>();
  readonly #watchers = new Set<(account: Account) => void>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.messages.online.elsewhere = (name) => this.#remoteNames.get(nameKey(name));
    kernel.messages.online.changed = (account) => {
      if (!this.#remotes.has(account.id)) this.#notify(account);
    };
  }

  online(): PresentAccount[] {
    return [...this.#kernel.messages.online.accounts(), ...this.#elsewhere(), ...this.#shown()];
  }

  find(name: string): PresentAccount | undefined {
    const key = nameKey(name);
    return this.#kernel.messages.online.find(name) ?? this.#shown().find((bot) => nameKey(bot.name) === key);
  }

  show({ id, name }: Account): () => void {
    const shown = this.#bots.get(id) ?? { account: { id, name, isBot: true }, times: 0 };
    this.#bots.set(id, shown);
    if (shown.times++ === 0) this.#notify(shown.account);
    let isShown = true;
    return () => {
      if (!isShown) return;
      isShown = false;
      if (--shown.times > 0) return;
      this.#bots.delete(id);
      this.#notify(shown.account);
    };
  }

  showElsewhere({ id, name }: Account, devices: readonly string[]): () => void {
    const remote = this.#remotes.get(id) ?? { account: { id, name }, devices: new Set() };
    // A list of its own, so that it ends only its own.
    const list = [...devices];
    remote.devices.add(list);
    if (remote.account.name !== name) this.#renameElsewhere(remote, { id, name });
    else if (remote.devices.size === 1) {
      this.#remotes.set(id, remote);
      this.#remoteNames.set(nameKey(remote.account.name), remote.account);
      this.#notifyUnlessHere(remote.account);
    }
    return () => {
      if (!remote.devices.delete(list) || remote.devices.size > 0) return;
      this.#remotes.delete(id);
      // The name of a removed account may belong to another by now.
      const key = nameKey(remote.account.name);
      if (this.#remoteNames.get(key) === remote.account) this.#remoteNames.delete(key);
      this.#notifyUnlessHere(remote.account);
    };
  }

  /** An account that is online on other servers has another name. */
  #renameElsewhere(remote: Remote, account: Account): void {
    const before = remote.account;
    remote.account = account;
    if (this.#remoteNames.get(nameKey(before.name)) === before) this.#remoteNames.delete(nameKey(before.name));
    this.#remoteNames.set(nameKey(account.name), account);
    for (const one of [before, account]) this.#notifyUnlessHere(one);
  }

  elsewhere({ id }: Pick<Account, 'id'>): readonly string[] {
    return [...(this.#remotes.get(id)?.devices ?? [])].flat();
  }

  watch(changed: (account: Account) => void): () => void {
    // A new function, so that a watcher stops only its own watching.
    const watcher = (account: Account) => changed(account);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #shown(): PresentAccount[] {
    const bots = [...this.#bots.values()].map(({ account }) => account);
    return bots.filter(({ id }) => !this.#kernel.environment.accounts.isRemoved(id));
  }

  /** The accounts that are online on other servers only. */
  #elsewhere(): Account[] {
    const { messages, environment } = this.#kernel;
    return [...this.#remoteNames.values()].filter(
      ({ id }) => messages.online.of(id).length === 0 && !environment.accounts.isRemoved(id),
    );
  }

  #notifyUnlessHere(account: Account): void {
    if (this.#kernel.messages.online.of(account.id).length === 0) this.#notify(account);
  }

  #notify(account: Account): void {
    for (const watcher of this.#watchers) watcher(account);
  }
}
