import { type Account, type Collection, type Roles, type Server, type Storage, z } from 'chatserv';
import { type IgnoredUser, IgnoreList } from './ignore-list.ts';

const USERS = z.array(z.object({ id: z.int().positive(), name: z.string() }));

/** The lists of accounts online. */
export type OnlineLists = Map<number, IgnoreList | undefined>;

/** Whom accounts ignore. The lists of those online are in memory, where each delivery looks. */
export class IgnoreLists {
  readonly #stored: Collection<IgnoredUser[]>;
  readonly #server: Server;
  readonly #roles: Roles | undefined;
  /** The lists of the accounts online, by account; undefined for those that ignore nobody. */
  readonly #online: OnlineLists;
  /** The latest reading of each list that is being read. */
  readonly #reading = new Map<number, Promise<IgnoreList | undefined>>();

  /** @param online outlives a reload */
  constructor(storage: Storage, server: Server, roles: Roles | undefined, online: OnlineLists) {
    this.#stored = storage.open('ignored-users', USERS);
    this.#server = server;
    this.#roles = roles;
    this.#online = online;
    this.#stored.watch(async (key) => {
      const changed = key === undefined ? [...online.keys()] : [Number(key)].filter((id) => online.has(id));
      await Promise.all(changed.map((account) => this.apply(account)));
    });
  }

  /** The list of an account; undefined if it ignores nobody. */
  async of(account: number): Promise<IgnoreList | undefined> {
    return this.#online.has(account) ? this.#online.get(account) : await this.#read(account);
  }

  /**
   * Changes a list, and what the account's sessions receive from now on.
   * @param edit returns the new list, or undefined to leave it
   */
  async change(account: Account, edit: (users: readonly IgnoredUser[]) => IgnoredUser[] | undefined): Promise<void> {
    await this.#stored.update(String(account.id), (users = []) => {
      const edited = edit(users) ?? users;
      return edited.length > 0 ? edited : undefined;
    });
    await this.apply(account.id);
  }

  /** Reads the list of an account, and applies it to its sessions. */
  async apply(account: number): Promise<void> {
    const reading = this.#read(account);
    this.#reading.set(account, reading);
    const list = await reading.catch((cause: unknown) => {
      this.#reading.delete(account);
      throw cause;
    });
    // A later call has read a later list.
    if (this.#reading.get(account) !== reading) return;
    this.#reading.delete(account);
    const sessions = this.#server.sessionsOf({ id: account, name: '' });
    if (sessions.length === 0) this.#online.delete(account);
    else this.#online.set(account, list);
    for (const { feed } of sessions) feed.hides = list?.hidesMessage;
  }

  /** Another user's role has changed: applies it to those who ignore that user. */
  async roleChanged({ id }: Account): Promise<void> {
    for (const [account, list] of [...this.#online]) if (list?.has(id)) await this.apply(account);
  }

  /** An account has no list any more, because it was removed. */
  async forget({ id }: Account): Promise<void> {
    this.#online.delete(id);
    await this.#stored.delete(String(id));
  }

  /** Frees the memory of a list, unless the account is online. */
  left({ id }: Account): void {
    if (this.#server.sessionsOf({ id, name: '' }).length === 0) this.#online.delete(id);
  }

  /** No session hides anything any more: the plugin is switched off. */
  release(): void {
    for (const [account, list] of this.#online) {
      for (const { feed } of this.#server.sessionsOf({ id: account, name: '' })) {
        if (list !== undefined && feed.hides === list.hidesMessage) feed.hides = undefined;
      }
    }
  }

  async #read(account: number): Promise<IgnoreList | undefined> {
    const users = await this.#stored.get(String(account));
    if (users === undefined) return undefined;
    // In parallel, so that the store answers them in one batch.
    const moderates = await Promise.all(users.map((user) => this.#roles?.has(user, 'moderator')));
    return new IgnoreList(users, new Set(users.filter((_, index) => moderates[index]).map(({ id }) => id)));
  }
}
