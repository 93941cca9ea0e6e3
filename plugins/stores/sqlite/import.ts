import { DatabaseSync } from 'node:sqlite';
import {
  type Archive,
  type ArchivedAccount,
  type ArchivedEntry,
  type ArchivedKey,
  type ArchivedRoom,
  type ArchiveEnds,
  nameKey,
  type StoredText,
  skeletons,
} from 'chatserv';
import { pack } from './account-set.ts';
import { ENTRY_COLUMNS, EVERYONE, mentionPairs, newEntryRow, REDACTED } from './entry-rows.ts';
import { SIGNING_KEY } from './rows.ts';
import { prepareSkeletons } from './skeletons.ts';

/** The importing part of an archive, and a way to abandon an unfinished import. */
type Import = Required<
  Pick<
    Archive,
    'begin' | 'addAccounts' | 'addRooms' | 'addEntries' | 'addKeys' | 'addTexts' | 'addSigningKey' | 'finish'
  >
> & { abandon(): void };

/**
 * Imports an archive into an empty database in one transaction, so that an import that fails or is killed leaves it
 * empty. It has a connection of its own on the caller's thread: nothing else uses the store yet.
 */
export function archiveImport(file: string, busyTimeout: number): Import {
  let current: ReturnType<typeof beginImport>;

  /** Adds to the import. An error ends the import. */
  function add(work: (to: NonNullable<typeof current>) => void): void {
    if (current === undefined) throw new Error(`No import into the database ${file} was started.`);
    try {
      work(current);
    } catch (cause) {
      abandon();
      throw new Error(`The database ${file} rejected the import: ${(cause as Error).message}.`, { cause });
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
    addRooms: async (rooms) => add((to) => to.addRooms(rooms)),
    addEntries: async (entries) => add((to) => to.addEntries(entries)),
    addKeys: async (keys) => add((to) => to.addKeys(keys)),
    addTexts: async (texts) => add((to) => to.addTexts(texts)),
    addSigningKey: async (key) => add((to) => to.addSigningKey(key)),
    async finish() {
      add(({ db }) => db.exec('COMMIT'));
      abandon();
    },
    abandon,
  };
}

/** Finds a row in a database that was ever used. */
const USED = `
  SELECT 1 FROM sqlite_sequence WHERE seq > 0 UNION ALL SELECT 1 FROM texts UNION ALL SELECT 1 FROM entry
  UNION ALL SELECT 1 FROM room WHERE id > ${EVERYONE} UNION ALL SELECT 1 FROM log WHERE indexed > 0`;

/** Opens the transaction of an import. @returns undefined if the database was ever used */
function beginImport(file: string, timeout: number, ends: ArchiveEnds) {
  const db = new DatabaseSync(file, { timeout, enableForeignKeyConstraints: true });
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    if (db.prepare(USED).get() !== undefined) {
      db.close();
      return undefined;
    }
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('accounts', ?)").run(ends.account);
    db.prepare('UPDATE log SET indexed = ?, rooms_indexed = ? WHERE id = 1').run(ends.entry, ends.room);
  } catch (cause) {
    db.close();
    throw new Error(`The database ${file} cannot be imported into: ${(cause as Error).message}.`, { cause });
  }
  return { db, ...prepareImport(db, ends) };
}

/** Prepares the statements that write an archive, including the indexes that are otherwise built behind the log. */
function prepareImport(db: DatabaseSync, ends: ArchiveEnds) {
  const addAccount = db.prepare(
    'INSERT INTO accounts (id, name, key, hash, created, seen, roles, epoch, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const alike = prepareSkeletons(db, 'id');
  const addDevice = db.prepare('INSERT INTO cursor (account, device, id, handed, seen) VALUES (?, ?, ?, ?, ?)');
  const addMarker = db.prepare('INSERT INTO marker (account, room, seq) VALUES (?, ?, ?)');
  const addRoom = db.prepare(
    'INSERT OR REPLACE INTO room (id, name, key, members, spoke, facts, last, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const addDirect = db.prepare('INSERT INTO direct (members, room) VALUES (?, ?)');
  const addMember = db.prepare('INSERT INTO member (account, room, since, until, role) VALUES (?, ?, ?, ?, ?)');
  const addContact = db.prepare('INSERT OR IGNORE INTO contact (account, other) VALUES (?, ?)');
  const isAccount = db.prepare('SELECT 1 FROM accounts WHERE id = ?');
  const addEntry = db.prepare(
    `INSERT INTO entry (${ENTRY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addPlace = db.prepare('INSERT INTO place (room, id, sender, flags) VALUES (?, ?, ?, ?)');
  const addMention = db.prepare('INSERT INTO mention (account, room, seq, id) VALUES (?, ?, ?, ?)');
  const countEntries = db.prepare('UPDATE log SET entries = entries + ? WHERE id = 1');
  const addKey = db.prepare('INSERT INTO sent (id, sender, key, unknown, time) VALUES (?, ?, ?, ?, ?)');
  const indexKey = db.prepare('INSERT INTO sent_key (sender, key, id) VALUES (?, ?, ?)');
  const setSecret = db.prepare('INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)');
  const addText = db.prepare('INSERT INTO texts (key, text) VALUES (?, ?)');

  /** Whether an account exists or may still be created. */
  const mayBe = (account: number) => account > ends.account || isAccount.get(account) !== undefined;

  function addConversation({ id, members = [], spoke }: ArchivedRoom): void {
    addDirect.run(pack(members), id);
    for (const account of members) if (account !== 0 && mayBe(account)) addMember.run(account, id, 0, null, null);
    for (const account of spoke) {
      for (const other of members) if (account !== 0 && other !== account) addContact.run(account, other);
    }
  }

  return {
    addAccounts(accounts: readonly ArchivedAccount[]): void {
      for (const { id, name, hash, created, seen, roles, epoch, since, devices, markers } of accounts) {
        addAccount.run(id, name, nameKey(name), hash, created, seen, roles.join(' '), epoch, since);
        alike.add(id, skeletons(name));
        for (const device of devices) addDevice.run(id, device.name, device.id, device.handed, device.seen);
        for (const [room, seq] of markers) addMarker.run(id, room, seq);
      }
    },
    addRooms(rooms: readonly ArchivedRoom[]): void {
      for (const room of rooms) {
        const { id, kind, name, members, facts, spoke, memberships, last, seq } = room;
        const isNamed = kind === 'room';
        const [own, key, kept] = isNamed ? [name, nameKey(name), JSON.stringify(facts)] : [null, null, null];
        const packed = [members, spoke].map((ids) => (members && ids ? pack(ids) : null)) as [Uint8Array, Uint8Array];
        addRoom.run(id, own, key, ...packed, kept, last, seq);
        if (kind === 'direct') addConversation(room);
        for (const { account, role, since, until } of memberships) {
          addMember.run(account, id, since, until || null, role);
        }
      }
    },
    addEntries(entries: readonly ArchivedEntry[]): void {
      for (const entry of entries) {
        const { id, room, seq, previous, redacted = false, sender } = entry;
        const [, kind, version, flags, , ...columns] = newEntryRow({ ...entry, to: { room } });
        const all = redacted ? flags | REDACTED : flags;
        addEntry.run(id, room, seq, previous, kind, version, all, sender, ...columns);
        addPlace.run(room, id, sender, all);
        const mentions = mentionPairs([{ ...entry, to: { room } }])?.filter((_, i) => i % 2 === 1) ?? [];
        for (const account of new Set(mentions)) if (seq > 0) addMention.run(account, room, seq, id);
      }
      countEntries.run(entries.length);
    },
    addKeys(keys: readonly ArchivedKey[]): void {
      for (const { id, sender, key, unknown, time } of keys) {
        addKey.run(id, sender, key, JSON.stringify(unknown), time);
        indexKey.run(sender, key, id);
      }
    },
    addTexts(texts: readonly StoredText[]): void {
      for (const [key, text] of texts) addText.run(key, text);
    },
    addSigningKey(key: Uint8Array): void {
      setSecret.run(SIGNING_KEY, key);
    },
  };
}
