import { afterAll, beforeAll } from 'vitest';
import type {
  Accounts,
  Destination,
  Entry,
  MessageLog,
  NewEntry,
  Retention,
  SendKey,
  StoredAccount,
} from '../../../index.ts';

/** A store's accounts and log, and a way to close it. */
export interface OpenMessageLog {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  /** Opens the log a second time, as another process would; absent if the store does not support that. */
  again?(): Promise<{ readonly messageLog: MessageLog; close(): Promise<void> }>;
  close(): Promise<void>;
}

/** Opens an unused store. */
export type OpenLog = () => Promise<OpenMessageLog>;

/** Ids that no account has. */
export const STRANGERS = Array.from({ length: 100 }, (_, i) => 1e12 + i * 1000);

export const EVERYONE: Destination = { room: 1 };

const END = Number.MAX_SAFE_INTEGER;

/** The accounts of a case. */
interface People {
  2: readonly [StoredAccount, StoredAccount];
  3: readonly [...People[2], StoredAccount];
  4: readonly [...People[3], StoredAccount];
  5: readonly [...People[4], StoredAccount];
}

/** Numbers the accounts and rooms of all fixtures, which may share a store. */
let made = 0;

/** An open store, with helpers for its cases. */
export class LogFixture {
  #store: OpenMessageLog | undefined;

  /** Opens the store before the cases of a `describe`, and closes it after them. */
  constructor(open: OpenLog) {
    beforeAll(async () => {
      this.#store = await open();
    });
    afterAll(() => this.#store?.close());
  }

  get store(): OpenMessageLog {
    if (this.#store === undefined) throw new Error('the store is opened before the first case');
    return this.#store;
  }

  get log(): MessageLog {
    return this.store.messageLog;
  }

  /** A new account. */
  async create(): Promise<StoredAccount> {
    const account = await this.store.accounts.create(`user${++made}`, 'hash');
    if (!account) throw new Error(`user${made} is taken`);
    return account;
  }

  /** Several new accounts. */
  async some<Count extends keyof People>(count: Count): Promise<People[Count]> {
    const accounts: StoredAccount[] = [];
    while (accounts.length < count) accounts.push(await this.create());
    return accounts as readonly StoredAccount[] as People[Count];
  }

  /** A new named room. */
  async room(): Promise<number> {
    const room = await this.log.createRoom(`room${++made}`, {});
    if (!room) throw new Error(`room${made} is taken`);
    return room.id;
  }

  /** Appends one message, which must be no duplicate. */
  async say(sender: StoredAccount, to: Destination, part: Partial<NewEntry> = {}): Promise<Entry> {
    const [entry] = await this.append([message(sender, to, part)]);
    return entry as Entry;
  }

  /** Appends entries, which must be no duplicates. */
  async append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[]> {
    const appended = await this.log.append(entries, key);
    if ('duplicateOf' in appended) throw new Error(`they are a duplicate of the entry ${appended.duplicateOf}`);
    return appended;
  }

  /** The entries that an account reads. */
  read(account: StoredAccount, after = 0, limit = 1000): Promise<readonly Entry[]> {
    return this.log.read(account.id, after, END, limit);
  }

  async ids(account: StoredAccount, after = 0, limit = 1000): Promise<number[]> {
    return (await this.read(account, after, limit)).map(({ id }) => id);
  }

  /** Moves the cursor of an account's device. */
  move(account: StoredAccount, id: number, device = '', handed = id): Promise<void> {
    return this.log.moveCursors([{ account: account.id, device, id, handed }], 1);
  }

  /** Trims until there is nothing left to trim. By default nothing is too old or too much. */
  async trim(retention: Partial<Retention> = {}): Promise<void> {
    const all = { before: 0, most: Number.POSITIVE_INFINITY, keysSince: Number.POSITIVE_INFINITY, ...retention };
    while (await this.log.trim(all)) {}
  }
}

/** A message that counts as unread. */
export function message(sender: StoredAccount, to: Destination, part: Partial<NewEntry> = {}): NewEntry {
  return {
    to,
    kind: 'message',
    version: 1,
    counts: true,
    sender: sender.id,
    from: sender.name,
    device: '',
    toSender: false,
    body: 'hello',
    time: 1,
    ...part,
  };
}

/** The direct conversation between accounts. */
export function direct(...accounts: readonly { readonly id: number }[]): Destination {
  return { direct: accounts.map(({ id }) => id) };
}

/** What nobody says. */
export const SERVER = { id: 0, name: '*server*' } as StoredAccount;
