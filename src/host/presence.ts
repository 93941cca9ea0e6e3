import type { Account } from '../api/account.ts';
import { nameKey } from '../api/names.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Presence, PresentAccount } from '../services/presence.ts';

/** A bot that is shown as online, and how many times. */
interface Shown {
  readonly account: PresentAccount;
  times: number;
}

/** The accounts that are online: those of the kernel's sessions, and bots that plugins show. */
export class SessionPresence implements Presence {
  readonly #kernel: Kernel;
  readonly #bots = new Map<number, Shown>();
  readonly #watchers = new Set<(account: Account) => void>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.messages.online.changed = (account) => this.#notify(account);
  }

  online(): PresentAccount[] {
    return [...this.#kernel.messages.online.accounts(), ...this.#shown()];
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

  #notify(account: Account): void {
    for (const watcher of this.#watchers) watcher(account);
  }
}
