import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  type Account,
  type Accounts,
  type Archive,
  type Backup,
  Followers,
  type MessageLog,
  nameKey,
  newEpoch,
  type Storage,
  type StoredAccount,
  type StoreFacts,
  skeletons,
  storageOver,
} from 'chatserv';
import type { WriterQuestions } from './batch.ts';
import { type FileEvents, openClient, type Reader, type Writer } from './client.ts';
import { copyDatabase, copyObjection } from './copy.ts';
import { entryOf } from './entry-rows.ts';
import { archiveImport } from './import.ts';
import { isIndexed, messageLogOf } from './log.ts';
import { inPages } from './paging.ts';
import { realPlace } from './place.ts';
import { startThreads, type Threads } from './threads.ts';

/** How many accounts to compute skeletons for per request. */
const SKELETONS_AT_ONCE = 1000;

const KEY_BYTES = 32;

/** Sorts after every key. */
const AFTER_TEXTS = '\u{10ffff}';

type Seen = Account & { readonly seen: number };

/** The services of one database. */
export interface Store {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly storage: Storage;
  readonly archive: Archive;
  readonly backup: Backup;
  readonly facts: StoreFacts;
  /** Finishes pending requests and closes the file; later calls are rejected. */
  close(): Promise<void>;
}

export interface StoreOptions extends Omit<FileEvents, 'appendedByOthers' | 'answered'> {
  /** The database's file, which is created if it does not exist. */
  readonly file: string;
  /** How long to wait while another program writes to the file, in milliseconds. */
  readonly busyTimeout: number;
  /** Whether this process owns the database, see `Ownership`. */
  readonly owned?: boolean;
  /** Starts its threads, or takes those that were started already. */
  threads?(): Threads;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Opens the accounts, the log and the plugins' data in an SQLite file, with its archive and backup.
 * @throws one sentence when the file cannot be used
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { file: path, busyTimeout, owned = false, now } = options;
  const file = realPlace(path);
  const data = { file, path, busyTimeout, owned };
  const followers = new Followers();
  const threads = (options.threads ?? startThreads)();
  const starting: Promise<Reader> = openClient(threads.reader, data);
  const writer: Writer = await openClient<WriterQuestions>(threads.writer, data, {
    ...options,
    appendedByOthers(entries) {
      followers.note(entries.map((row) => entryOf(row)));
      followers.tell();
    },
    answered: () => followers.tell(),
  }).catch(async (cause: unknown) => {
    await (await starting).close();
    throw cause;
  });
  const { identity, ask } = writer;
  const reader = await starting;
  const read = reader.ask;
  const { abandon, ...importing } = archiveImport(file, busyTimeout);
  for (;;) {
    const accounts = await ask('pendingSkeletons', SKELETONS_AT_ONCE);
    if (accounts.length === 0) break;
    await ask(
      'setSkeletons',
      accounts.map(({ id, name }) => ({ id, skeletons: skeletons(name) })),
    );
  }
  return {
    accounts: {
      identity,
      get: (id) => ask('get', id),
      find: (name) => read('find', nameKey(name)),
      lookalike: (name) => read('lookalike', skeletons(name)),
      create: (name, hash, distinct = false) =>
        ask('create', { name, key: nameKey(name), hash, created: now(), epoch: newEpoch() }, skeletons(name), distinct),
      setHash: (id, hash, { rehashed = false } = {}) => ask('setHash', id, hash, rehashed ? undefined : newEpoch()),
      signOut: (id) => ask('setEpoch', id, newEpoch()),
      async signingKey(renew = false) {
        const kept = renew ? undefined : await ask('signingKey');
        return kept ?? ((await ask('setSigningKey', randomBytes(KEY_BYTES), renew)) as Uint8Array);
      },
      rename: (id, name, distinct = false) =>
        ask('rename', { id, name, key: nameKey(name) }, skeletons(name), distinct),
      setRoles: (id, roles) => ask('setRoles', id, roles),
      setSeen: (id, time) => ask('setSeen', id, time),
      async seenSince(time, limit) {
        const seen = await inPages(limit, (left, last: Seen | undefined) =>
          read('seenSince', time, last?.seen ?? Number.MAX_SAFE_INTEGER, last?.id ?? 0, left),
        );
        return seen.map(({ id, name }) => ({ id, name }));
      },
      list: (after, limit) =>
        inPages(limit, (left, last: StoredAccount | undefined) => read('list', last?.id ?? after, left)),
      async remove(id) {
        await isIndexed(writer);
        let from = await ask('remove', id);
        while (from !== undefined) from = await ask('remove', id, from);
      },
    },
    messageLog: messageLogOf(writer, reader, followers),
    storage: storageOver({
      read: (key) => read('readText', key),
      write: (key, text) => ask('writeText', key, text),
      replace: (key, old, text) => ask('replaceText', key, old, text),
      list: (start, inclusive, end, limit) => read('listTexts', start, inclusive, end, limit),
    }),
    archive: {
      ends: () => read('ends'),
      accounts: (after, limit) => read('archivedAccounts', after, limit),
      rooms: (after, limit) => read('archivedRooms', after, limit),
      entries: (after, limit) => read('archivedEntries', after, limit),
      keys: (after, limit) => read('archivedKeys', after, limit),
      texts: (after, limit) => read('listTexts', after, false, AFTER_TEXTS, limit),
      ...importing,
    },
    facts: {
      file,
      async read() {
        const [written, read] = [writer.counts(), reader.counts()];
        return {
          waiting: written.waiting + read.waiting,
          requests: written.requests + read.requests,
          batches: written.batches + read.batches,
          bytes: await size(file),
        };
      },
    },
    backup: {
      copyTo: (copy) => copyDatabase(file, copy),
      objection: (copy) => copyObjection(file, copy),
    },
    async close() {
      abandon();
      // The last connection to close checkpoints the write-ahead log, so it must be the writer.
      await writer.close(reader.close());
    },
  };
}

/** The size of the database and its write-ahead log, in bytes. */
async function size(file: string): Promise<number> {
  const sizes = await Promise.all(
    [file, `${file}-wal`].map((one) =>
      stat(one).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, one) => sum + one, 0);
}
