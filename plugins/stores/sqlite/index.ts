import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, Archive, Backup, definePlugin, MessageLog, Storage, StoreFacts, z } from 'chatserv';
import { Ownership } from './ownership.ts';
import { realPlace } from './place.ts';
import { restoreDatabase } from './restore.ts';
import { openStore } from './store.ts';
import { startThreads, type Threads } from './threads.ts';

/** The threads of the first database: they start while the other plugins are loaded, and the server need not wait. */
let started: Threads | undefined = startThreads();

export default definePlugin({
  name: 'sqlite',
  summary: "Keeps accounts, messages and plugins' data in an SQLite file",
  options: z.strictObject({
    file: z.string().min(1).default('data/chatserv.db').describe("The database, relative to the config's folder"),
    busyTimeout: z
      .int()
      .nonnegative()
      .default(5000)
      .describe('How long to wait while another program writes to the file, in milliseconds'),
  }),
  provides: {
    accounts: Accounts,
    messageLog: MessageLog,
    storage: Storage,
    archive: Archive,
    backup: Backup,
    facts: StoreFacts,
  },
  async setup({ options, clock, path, hotState, exclusive, dryRun, logger, server }) {
    const scratch = dryRun ? makeScratchFolder() : undefined;
    const file = scratch === undefined ? path(options.file) : join(scratch, 'chatserv.db');
    if (exclusive) {
      const place = realPlace(file);
      await hotState(
        `owner of ${place}`,
        () => new Ownership(place),
        (ownership) => ownership.release(),
      ).take();
    }
    const removeScratch = () => scratch !== undefined && rmSync(scratch, { recursive: true });
    const store = await openStore({
      file,
      threads: takeThreads,
      busyTimeout: options.busyTimeout,
      owned: exclusive,
      now: () => clock.now(),
      migrating({ bytes, part, backup }) {
        const percent = Math.floor(part * 100);
        const kept = backup === undefined ? '' : `; a copy of the original file is kept as ${backup}`;
        const text =
          part === 0
            ? `migrating the database to a newer schema, which takes about half a minute per 100 MB${kept}`
            : `migrating the database to a newer schema: ${percent}% done`;
        logger.info({ event: 'migration', file, bytes, percent, ...(backup !== undefined && { backup }) }, text);
      },
      lost: (why) => logger.error({ event: 'store-error', file }, why),
      // The command line, for one. A failure is logged there.
      writtenByAnother: () => void server.recheckAccounts().catch(() => {}),
    }).catch((cause: unknown) => {
      removeScratch();
      throw cause;
    });
    const { close, ...services } = store;
    return {
      provide: services,
      async dispose() {
        await close();
        removeScratch();
      },
    };
  },
  async restore({ options, path, backup, redactions, report }) {
    const { file, busyTimeout } = options;
    const restored = await restoreDatabase({
      file: path(file),
      backup,
      redactions,
      busyTimeout,
      migrating: ({ part }) =>
        report(`The backup is being migrated to a newer schema: ${Math.floor(part * 100)}% done.`),
    });
    const { replaced, redacted } = restored;
    return [
      `Restored ${backup} to ${restored.file}.`,
      ...(replaced === undefined ? [] : [`The replaced database is kept as ${replaced}.`]),
      ...(redacted === 0 ? [] : [`Texts removed again because they were deleted after the backup: ${redacted}.`]),
    ];
  },
});

function takeThreads(): Threads {
  const threads = started ?? startThreads();
  started = undefined;
  return threads;
}

/** Makes a temporary folder for the database of a dry run. */
function makeScratchFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'chatserv-'));
  } catch (cause) {
    throw new Error(
      `cannot create a folder in ${tmpdir()} (${(cause as Error).message}): set TMPDIR to an existing folder`,
      {
        cause,
      },
    );
  }
}
