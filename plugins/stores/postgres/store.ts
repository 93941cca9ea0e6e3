import {
  type Accounts,
  type Archive,
  type MessageLog,
  type SearchIndex,
  type Storage,
  type StoreFacts,
  storageOver,
} from 'chatserv';
import { accountsOf } from './accounts.ts';
import { exportOf } from './archive.ts';
import { clockCheckOf } from './clock-check.ts';
import { complaint, Unfit } from './complaint.ts';
import { type Connection, Database } from './database.ts';
import { Following } from './following.ts';
import { checkOf } from './health-check.ts';
import { importOf } from './import.ts';
import { messageLogOf } from './log.ts';
import { migrate } from './migrate.ts';
import { searchIndexOf } from './search-index.ts';
import { textsOf } from './texts.ts';
import { repeatedly } from './watch.ts';
import { Writer } from './writer.ts';

/** The services of one database. */
export interface Store {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly storage: Storage;
  readonly archive: Archive;
  readonly searchIndex: SearchIndex;
  readonly facts: StoreFacts;
  /** Finishes pending requests and disconnects. */
  close(): Promise<void>;
}

export interface StoreOptions extends Connection {
  /** Milliseconds since 1970. */
  now(): number;
  /** Called when the database cannot be reached any more, and when it can be again. */
  lost?(why: Error): void;
  found?(): void;
  /** Called when this server's clock begins to differ from the database's. @param ahead by how many milliseconds */
  clockDiffers?(ahead: number): void;
  /** Called when another process has changed accounts. */
  accountsChanged?(): void;
}

/** Where a store's log and accounts are when it is opened. */
interface Start {
  readonly identity: string;
  readonly head: number;
  readonly revision: number;
}

/**
 * Opens the accounts, the log and the plugins' data in a PostgreSQL database, which several processes may use.
 * @throws one sentence when the database cannot be used
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = new Database(options);
  try {
    await migrate(database, options.schema);
    const [start] = await database.read<Start>('SELECT identity, head, revision FROM log CROSS JOIN accounts');
    if (start === undefined) throw complaint(database.name, new Unfit('lacks the rows of its tables log and accounts'));
    return storeIn(database, start, options);
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** A store for a dry run: it connects to nothing, and refuses every request. */
export function unconnectedStore(options: StoreOptions): Omit<Store, 'close'> {
  return servicesIn(new Database({ ...options, isDry: true }), { identity: '', head: 0, revision: 0 }, options)
    .services;
}

function storeIn(database: Database, start: Start, options: StoreOptions): Store {
  const { now, lost, found, clockDiffers, accountsChanged } = options;
  const { services, writer, isNews, abandon } = servicesIn(database, start, options);
  const checkClock = clockCheckOf(database, now, (ahead) => clockDiffers?.(ahead));
  let isLost = false;

  const stop = repeatedly(async () => {
    try {
      await writer.look();
      const [accounts] = await database.read<{ revision: number }>('SELECT revision FROM accounts');
      if (accounts !== undefined && isNews(accounts.revision)) accountsChanged?.();
      await checkClock();
      if (isLost) found?.();
      isLost = false;
    } catch (error) {
      if (!isLost) lost?.(error as Error);
      isLost = true;
    }
  });

  return {
    ...services,
    async close() {
      await stop();
      await writer.settled();
      await abandon();
      await database.close();
    },
  };
}

function servicesIn(database: Database, { identity, head, revision }: Start, { schema, now }: StoreOptions) {
  const following = new Following(head);
  const writer = new Writer(database, following);
  const { accounts, isNews } = accountsOf(database, writer, identity, revision, now);
  const { abandon, ...importing } = importOf(database);
  const check = checkOf(database, writer.epoch);
  const services = {
    accounts,
    messageLog: messageLogOf({ database, writer, following, schema, identity, check }),
    storage: storageOver(textsOf(database)),
    archive: { ...exportOf(database), ...importing },
    searchIndex: searchIndexOf(database),
    facts: factsOf(database, writer, schema),
  };
  return { services, writer, isNews, abandon };
}

function factsOf(database: Database, writer: Writer, schema: string): StoreFacts {
  return {
    async read() {
      const [size] = await database.read<{ bytes: number }>(
        `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
        [schema],
      );
      return {
        waiting: database.waiting + writer.waiting,
        requests: database.requests,
        batches: writer.batches,
        bytes: size?.bytes ?? 0,
      };
    },
  };
}
