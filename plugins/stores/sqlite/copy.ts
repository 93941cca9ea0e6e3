import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';

/** More pages than any database has. In several steps a copy would begin again whenever another connection writes. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a database with SQLite's online backup, in one step: a snapshot, while others write on.
 * It has a connection of its own and runs in Node's thread pool, so neither the event loop nor the store waits for it.
 * @throws one sentence when the copy could not be written; then it is not there
 */
export async function copyDatabase(file: string, to: string): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    // SQLite would make it readable for all.
    closeSync(openSync(to, 'wx', 0o600));
    await backup(db, to, { rate: ALL_PAGES }).catch(async (cause: unknown) => {
      await rm(to, { force: true });
      throw cause;
    });
  } catch (cause) {
    throw new Error(`The database ${file} could not be copied to ${to}: ${(cause as Error).message}.`, { cause });
  } finally {
    db.close();
  }
}
