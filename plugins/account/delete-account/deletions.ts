import {
  type Account,
  isBot,
  type Logger,
  type MessageLog,
  type RemovalContext,
  removeAccount,
  type Storage,
  z,
} from 'chatserv';

/** What becomes of an account's messages. */
export const MESSAGES = ['keep', 'redact'] as const;

export type Messages = (typeof MESSAGES)[number];

/** How many accounts to read at a time. */
const PAGE = 500;

/** What a deletion uses. */
export interface DeletionContext extends RemovalContext {
  readonly messageLog?: MessageLog | undefined;
  readonly storage: Storage;
  readonly logger: Logger;
}

/**
 * Deletes accounts. A deletion is stored before it begins, so that a server that was killed meanwhile completes it at its
 * next start.
 */
export class Deletions {
  readonly #context: DeletionContext;
  readonly #begun;
  /** Resolves when the last removal has ended: they run one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: DeletionContext) {
    this.#context = context;
    this.#begun = context.storage.open('account-deletions', z.object({ messages: z.enum(MESSAGES) }));
  }

  /**
   * Deletes an account, which ends its sessions. Its messages are removed after that.
   * @returns whether it was; the last admin stays
   * @throws when the account could not be removed; the next start tries again
   */
  delete(account: Account, messages: Messages): Promise<boolean> {
    // So that of two last admins only one goes.
    const deleting = this.#last.then(() => this.#delete(account, messages));
    this.#last = deleting.catch(() => {});
    return deleting;
  }

  /** Whether an account is the only one with the role `admin`. */
  async isLastAdmin({ id }: Account): Promise<boolean> {
    const { accounts } = this.#context;
    if ((await accounts.get(id))?.roles.includes('admin') !== true) return false;
    for (let after = 0; ; ) {
      const page = await accounts.list(after, PAGE);
      if (page.some((other) => other.id !== id && other.roles.includes('admin') && !isBot(other))) return false;
      if (page.length < PAGE) return true;
      after = page.at(-1)?.id ?? after;
    }
  }

  /** Completes the deletions that a server before this one has begun. @throws when the store fails */
  async resume(): Promise<void> {
    for (;;) {
      const page = await this.#begun.list();
      if (page.length === 0) return;
      for (const { key, value } of page) {
        const account = { id: Number(key), name: (await this.#context.accounts.get(Number(key)))?.name ?? '' };
        await removeAccount(this.#context, account);
        await this.#removeMessages(account, value.messages);
      }
    }
  }

  async #delete(account: Account, messages: Messages): Promise<boolean> {
    const { logger } = this.#context;
    if (await this.isLastAdmin(account)) return false;
    await this.#begun.set(String(account.id), { messages });
    await removeAccount(this.#context, account);
    logger.info({ event: 'account-deletion', account: account.name, messages }, 'a user deleted the account');
    this.#removeMessages(account, messages).catch((err: unknown) => {
      logger.error({ event: 'store-error', err }, 'the messages of a deleted account could not be removed yet');
    });
    return true;
  }

  async #removeMessages({ id }: Account, messages: Messages): Promise<void> {
    if (messages === 'redact') await this.#context.messageLog?.removeFrom?.(id);
    await this.#begun.delete(String(id));
  }
}
