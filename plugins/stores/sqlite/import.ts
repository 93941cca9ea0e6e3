import { DatabaseSync } from 'node:sqlite';
import {
  type Archive,
  type ArchivedAccount,
  type ArchivedMessage,
  type ArchiveEnds,
  likenesses,
  nameKey,
  type StoredText,
} from 'chatserv';
import { prepareAppend } from './append.ts';
import { prepareLikenesses } from './likenesses.ts';

/** The part of an archive that imports, and what gives up an import that was not finished. */
type Import = Required<Pick<Archive, 'begin' | 'addAccounts' | 'addMessages' | 'addTexts' | 'finish'>> & {
  abandon(): void;
};

/**
 * Imports archives into a database, each in one transaction: whatever ends an import early, a kill included, leaves the
 * database as empty as it was. The transaction has a connection of its own, on the thread of the caller: an import is
 * for a store that nobody uses yet.
 */
export function archiveImport(file: string, busyTimeout: number): Import {
  let current: ReturnType<typeof beginImport>;

  /** Adds to the import. What cannot be added ends it. */
  function add(work: (to: NonNullable<typeof current>) => void): void {
    if (current === undefined) throw new Error(`No import into the database ${file} has begun.`);
    try {
      work(current);
    } catch (cause) {
      abandon();
      throw new Error(`The database ${file} did not take the import: ${(cause as Error).message}.`, { cause });
    }
  }

  function abandon(): void {
    // Closing rolls back.
    current?.db.close();
    current = undefined;
  }

  return {
    async begin(ends) {
      abandon();
      current = beginImport(file, busyTimeout, ends);
      return current !== undefined;
    },
    addAccounts: async (accounts) => add((to) => to.addAccounts(accounts)),
    addMessages: async (messages) => add((to) => to.addMessages(messages)),
    addTexts: async (texts) => add((to) => to.addTexts(texts)),
    async finish() {
      add(({ db }) => db.exec('COMMIT'));
      abandon();
    },
    abandon,
  };
}

/** Opens the transaction of an import. @returns undefined when the database was ever used */
function beginImport(file: string, timeout: number, { account, message }: ArchiveEnds) {
  const db = new DatabaseSync(file, { timeout, enableForeignKeyConstraints: true });
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    if (db.prepare('SELECT 1 FROM sqlite_sequence WHERE seq > 0 UNION ALL SELECT 1 FROM texts').get() !== undefined) {
      db.close();
      return undefined;
    }
    const setEnd = db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)');
    setEnd.run('accounts', account);
    setEnd.run('messages', message);
  } catch (cause) {
    db.close();
    throw new Error(`The database ${file} cannot be imported into: ${(cause as Error).message}.`, { cause });
  }
  const { append } = prepareAppend(db);
  const addAccount = db.prepare(
    `INSERT INTO accounts (id, name, key, hash, created, seen, roles, epoch, since, cursor, handed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const alike = prepareLikenesses(db, 'id');
  const addText = db.prepare('INSERT INTO texts (key, text) VALUES (?, ?)');
  return {
    db,
    addAccounts(accounts: readonly ArchivedAccount[]): void {
      for (const { id, name, hash, created, seen, roles, epoch, since, cursor, handed } of accounts) {
        addAccount.run(id, name, nameKey(name), hash, created, seen, roles.join(' '), epoch, since, cursor, handed);
        alike.add(id, likenesses(name));
      }
    },
    addMessages(messages: readonly ArchivedMessage[]): void {
      for (const message of messages) append(message, message.id);
    },
    addTexts(texts: readonly StoredText[]): void {
      for (const [key, text] of texts) addText.run(key, text);
    },
  };
}
