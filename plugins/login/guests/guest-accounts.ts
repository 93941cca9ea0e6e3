import { randomUUID } from 'node:crypto';
import {
  type Account,
  type Collection,
  createTemporary,
  GUEST_MARK,
  isTemporary,
  type KeyedQueue,
  type Logger,
  nameKey,
  type RemovalContext,
  removeAccount,
  type SessionClaims,
  skeletons,
} from 'chatserv';

/** How many notes to read at a time. */
const PAGE = 500;

interface GuestAccountsContext extends RemovalContext {
  readonly claims?: SessionClaims | undefined;
  readonly logger: Logger;
  /** The names of accounts, by their keys, each noted before the account exists. */
  readonly notes: Collection<string>;
  /** Runs changes to the accounts of one name one after the other. */
  readonly queue: KeyedQueue<string>;
  /** Whether a guest of this name is on this server, or about to be. */
  isHere(name: string): boolean;
}

/**
 * The accounts of guests in the store. Their names are noted there too, so that a server removes those that another one
 * has left behind when it was killed.
 */
export class GuestAccounts {
  readonly #context: GuestAccountsContext;

  constructor(context: GuestAccountsContext) {
    this.#context = context;
  }

  /** Creates an account. @returns undefined when the name is taken, or looks like one that is */
  create(name: string): Promise<Account | undefined> {
    const { accounts, notes, queue } = this.#context;
    const key = nameKey(name);
    return queue.run(key, async () => {
      await notes.set(key, name);
      const account = await createTemporary(accounts, name);
      if (account === undefined) await notes.delete(key);
      return account;
    });
  }

  /**
   * Renames an account.
   * @param renamed called before anything else can happen to the name
   * @returns undefined when the name is taken, or looks like one that is
   */
  rename(account: Account, name: string, renamed: (account: Account) => void): Promise<Account | undefined> {
    const { accounts, notes, queue } = this.#context;
    const [before, key] = [nameKey(account.name), nameKey(name)];
    return queue.run(key, async () => {
      await notes.set(key, name);
      const found = await accounts.rename(account.id, name, true);
      if (found !== undefined) renamed({ id: found.id, name: found.name });
      if (key !== before) await notes.delete(found === undefined ? key : before);
      return found;
    });
  }

  /** An account belongs to a user from now on. */
  async keep({ name }: Account): Promise<void> {
    const { notes, queue } = this.#context;
    const key = nameKey(name);
    await queue.run(key, () => notes.delete(key));
  }

  /** Removes an account and its memberships. A failure is logged, and the next sweep tries again. */
  async remove(account: Account): Promise<void> {
    const { logger, notes, queue } = this.#context;
    const key = nameKey(account.name);
    try {
      await queue.run(key, async () => {
        await removeAccount(this.#context, account);
        await notes.delete(key);
      });
    } catch (err) {
      const facts = { event: 'store-error', account: account.name, err };
      logger.error(facts, 'the account of a guest could not be removed yet');
    }
  }

  /** Frees a name whose guest has left, or was on a server that was killed. @throws when the store fails */
  free(name: string): Promise<void> {
    const { accounts, claims, isHere, notes, queue } = this.#context;
    const key = nameKey(name);
    return queue.run(key, async () => {
      if (isHere(name) || (await notes.get(key)) === undefined) return;
      const [look = name] = skeletons(withoutMark(name));
      const claim = { guest: look };
      if ((await claims?.claim(claim, randomUUID(), false)) === false) return;
      try {
        const account = await accounts.find(name);
        if (account !== undefined && isTemporary(account)) await removeAccount(this.#context, account);
        await notes.delete(key);
      } finally {
        claims?.release(claim);
      }
    });
  }

  /** Frees the names of all guests who are on no server. A failure is logged. */
  async sweep(signal: AbortSignal): Promise<void> {
    try {
      for (let after: string | undefined; ; ) {
        const page = await this.#context.notes.list({ after, limit: PAGE });
        for (const { value } of page) {
          if (signal.aborted) return;
          await this.free(value);
        }
        after = page.at(-1)?.key;
        if (page.length < PAGE) return;
      }
    } catch (err) {
      const facts = { event: 'store-error', err };
      this.#context.logger.error(facts, 'the accounts of earlier guests could not be removed yet');
    }
  }
}

/** A guest's name without the mark. */
export function withoutMark(name: string): string {
  return name.endsWith(GUEST_MARK) ? name.slice(0, -GUEST_MARK.length) : name;
}
