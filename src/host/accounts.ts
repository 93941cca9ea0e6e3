import { randomBytes } from 'node:crypto';
import type { Account, AccountChange } from '../api/account.ts';
import type { Session } from '../api/session.ts';
import { type Accounts, newEpoch, type StoredAccount } from '../services/accounts.ts';

/** Is notified of changes that plugins make to accounts. */
export interface AccountObserver {
  /** An account is about to be removed. @returns undoes that */
  removing(account: number): () => void;
  /** @param by the session that made the change, which stays open @returns once everyone was notified */
  changed(account: Account, change: AccountChange, by?: Session): Promise<void>;
}

/** The shortest signing key, in bytes. */
const KEY_LEAST = 32;

/** The methods that stores of earlier versions lack. */
type Later = 'get' | 'signOut' | 'signingKey' | 'rename';

/** Makes a function that wraps the accounts of stores, each once, as plugins are given them. */
export function accountsObserver(observer: AccountObserver): (accounts: Accounts) => Accounts {
  const observed = new WeakMap<Accounts, Accounts>();
  return (accounts) => {
    const known = observed.get(accounts) ?? observedAccounts(accounts, observer);
    observed.set(accounts, known);
    return known;
  };
}

/**
 * Wraps a store's accounts for plugins: a change takes effect everywhere before its promise resolves, whatever the store.
 * Methods that a store of an earlier version lacks are added.
 */
function observedAccounts(store: Accounts, observer: AccountObserver): Accounts {
  const accounts = complete(store);

  /** @param change made to an account that exists */
  async function announced(id: number, write: () => Promise<void>, change: AccountChange, by?: Session): Promise<void> {
    const account = await accounts.get(id);
    await write();
    if (account !== undefined) await observer.changed({ id, name: account.name }, change, by);
  }

  return {
    ...accounts,
    async setHash(id, hash, change = {}) {
      const write = () => accounts.setHash(id, hash, change);
      if (change.rehashed) await write();
      else await announced(id, write, 'signed-out', change.by);
    },
    async create(name, hash, distinct) {
      const account = await accounts.create(name, hash, distinct);
      if (account !== undefined) await observer.changed({ id: account.id, name: account.name }, 'registered');
      return account;
    },
    signOut: (id, by) => announced(id, () => accounts.signOut(id), 'signed-out', by),
    async rename(id, name, distinct) {
      const account = await accounts.rename(id, name, distinct);
      if (account !== undefined) await observer.changed({ id, name: account.name }, 'renamed');
      return account;
    },
    setRoles: (id, roles) => announced(id, () => accounts.setRoles(id, roles), 'roles'),
    async remove(id) {
      const undo = observer.removing(id);
      try {
        await announced(id, () => accounts.remove(id), 'removed');
      } catch (cause) {
        undo();
        throw cause;
      }
    },
  };
}

/**
 * Completes a store to the whole interface. For a store without epochs and a signing key, both last as long as the process,
 * and tokens expire with it.
 */
function complete(store: Omit<Accounts, Later> & Partial<Pick<Accounts, Later>>): Accounts {
  const { signOut, signingKey } = store;
  const isComplete = signOut !== undefined && signingKey !== undefined;
  const epochs = new Map<number, number>();
  let key = randomBytes(KEY_LEAST);

  const begin = (id: number) => void epochs.set(id, newEpoch());
  function dated(account: StoredAccount): StoredAccount;
  function dated(account: StoredAccount | undefined): StoredAccount | undefined;
  function dated(account: StoredAccount | undefined) {
    return isComplete ? account : account && { ...account, epoch: epochs.get(account.id) ?? 0 };
  }

  return {
    ...(store.identity !== undefined && { identity: store.identity }),
    ...(store.ephemeral !== undefined && { ephemeral: store.ephemeral }),
    async get(id) {
      if (store.get !== undefined) return dated(await store.get(id));
      const [account] = await store.list(id - 1, 1);
      return account?.id === id ? dated(account) : undefined;
    },
    find: async (name) => dated(await store.find(name)),
    lookalike: async (name) => dated(await store.lookalike(name)),
    create: async (name, hash, distinct) => dated(await store.create(name, hash, distinct)),
    async setHash(id, hash, change) {
      await store.setHash(id, hash, change);
      if (!isComplete && !change?.rehashed) begin(id);
    },
    signOut: async (id) => (isComplete ? signOut.call(store, id) : begin(id)),
    async signingKey(renew) {
      if (renew && !isComplete) key = randomBytes(KEY_LEAST);
      const kept = isComplete ? await signingKey.call(store, renew) : key;
      if (kept.length < KEY_LEAST) throw new Error(`The store's signing key has fewer than ${KEY_LEAST} bytes.`);
      return kept;
    },
    async rename(id, name, distinct) {
      if (store.rename === undefined) throw new Error('The store cannot rename accounts: update its plugin.');
      return store.rename(id, name, distinct);
    },
    setRoles: (id, roles) => store.setRoles(id, roles),
    setSeen: (id, time) => store.setSeen(id, time),
    seenSince: (time, limit) => store.seenSince(time, limit),
    list: async (after, limit) => (await store.list(after, limit)).map((account) => dated(account)),
    remove: (id) => store.remove(id),
  };
}
