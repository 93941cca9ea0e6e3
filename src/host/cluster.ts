import { z } from 'zod';
import type { Account, AccountChange } from '../api/account.ts';
import type { Logger } from '../api/logger.ts';
import type { OtherServers } from '../services/other-servers.ts';
import type { Difference, OtherReload } from '../services/plugins.ts';
import type { Collection } from '../services/storage.ts';
import { handleReload, reloadOthers } from './reload-others.ts';

/** What this server tells the others by itself. */
const ACCOUNT = 'server.account';
const VALUE = 'server.value';

const CHANGES = ['roles', 'renamed', 'signed-out', 'removed'] as const satisfies readonly AccountChange[];

const accountChange = z.object({ id: z.int(), name: z.string(), change: z.enum(CHANGES) });
const written = z.object({ collection: z.string(), key: z.string() });

/** What another server has changed, as far as it concerns this one. */
interface ClusterOptions {
  readonly logger: Logger;
  /** Another server may have changed an account. */
  accountChanged(account: Account, change: AccountChange): Promise<void>;
  /** Other servers may have changed any account. */
  recheckAccounts(): Promise<void>;
  reload(): Promise<Difference>;
}

/** The plugin that has opened a collection. */
interface Owner {
  /** Aborted when it is disposed of. */
  readonly signal: AbortSignal;
  /** Reports an error that it threw. */
  failed(thrown: unknown): void;
}

interface Watcher {
  readonly owner: Owner;
  changed(key: string | undefined): void | Promise<void>;
}

/** The servers of a chat, which tell each other which accounts and values of plugins they change. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #watchers = new Map<string, Set<Watcher>>();
  #others: OtherServers | undefined;
  #stops: (() => void)[] = [];

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /** Connects with the others by the service of the live plugins, which a reload may have replaced. */
  connect(others: OtherServers | undefined): void {
    if (others === this.#others) return;
    for (const stop of this.#stops.splice(0)) stop();
    this.#others = others;
    if (others === undefined) return;
    this.#stops = [
      others.handle(ACCOUNT, (data) => {
        const { change, ...account } = accountChange.parse(data);
        return this.#quietly(() => this.#options.accountChanged(account, change));
      }),
      others.handle(VALUE, (data) => {
        const { collection, key } = written.parse(data);
        this.#changed(collection, key);
      }),
      handleReload(others, this.#options.reload),
      others.watch(() => {
        for (const collection of this.#watchers.keys()) this.#changed(collection, undefined);
        void this.#quietly(() => this.#options.recheckAccounts());
      }),
    ];
  }

  /** Tells the others that this server has changed an account. */
  tellOfAccount({ id, name }: Account, change: AccountChange): void {
    // It is new: nobody has anything of it.
    if (change !== 'registered') this.#others?.tell(ACCOUNT, { id, name, change });
  }

  /** Has the others reload. @throws ConfigErrors when no plugin connects this server with others */
  reloadOthers(): Promise<readonly OtherReload[]> {
    return reloadOthers(this.#others);
  }

  /** A collection whose writes are told to the others, once its owner watches it. */
  share<Value, Input>(name: string, collection: Collection<Value, Input>, owner: Owner): Collection<Value, Input> {
    const tell = (key: string) => {
      if (this.#watchers.has(name)) this.#others?.tell(VALUE, { collection: name, key });
    };
    return {
      get: (key) => collection.get(key),
      list: (range) => collection.list(range),
      async set(key, value) {
        await collection.set(key, value);
        tell(key);
      },
      async delete(key) {
        await collection.delete(key);
        tell(key);
      },
      async update(key, change) {
        const value = await collection.update(key, change);
        tell(key);
        return value;
      },
      watch: (changed) => this.#watch(name, { owner, changed }),
    };
  }

  #watch(collection: string, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(collection) ?? new Set();
    this.#watchers.set(collection, watchers.add(watcher));
    const stop = () => {
      if (watchers.delete(watcher) && watchers.size === 0) this.#watchers.delete(collection);
    };
    watcher.owner.signal.addEventListener('abort', stop);
    return stop;
  }

  #changed(collection: string, key: string | undefined): void {
    for (const { owner, changed } of this.#watchers.get(collection) ?? []) {
      // In a function of its own, so that what it throws at once is caught too.
      (async () => changed(key))().catch(owner.failed);
    }
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#options.logger.error({ event: 'store-error', err }, 'cannot re-read what another server has changed');
    }
  }
}
