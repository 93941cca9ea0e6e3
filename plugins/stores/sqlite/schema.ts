import type { DatabaseSync } from 'node:sqlite';
import { moveMessages } from './move-messages.ts';

/** Marks a file as chatserv's: `chat` in ASCII, SQLite's application_id. */
export const APPLICATION_ID = 0x63686174;

/** A step from one schema version to the next: SQL, or a function where SQL is not enough. */
export type Migration = string | ((db: DatabaseSync, progress: (part: number) => void) => void);

/**
 * The migrations in order; a file's user_version is the number of those applied.
 * Never edit a released migration: add another one.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,               -- nameKey(name)
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL,                 -- the log's end when the account was made
    cursor INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX accounts_seen ON accounts (seen);

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sender INTEGER NOT NULL,
    name TEXT NOT NULL,                     -- the sender's, as shown
    text TEXT NOT NULL,
    time INTEGER NOT NULL,
    wide INTEGER NOT NULL,                  -- 1: to everyone, or to the crowd where there is one; 0: to the accounts in named
    crowd BLOB                              -- many account ids, as account-set.ts packs them
  ) STRICT;
  CREATE INDEX messages_wide ON messages (wide) WHERE wide = 1;

  CREATE TABLE named (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    message INTEGER NOT NULL,
    PRIMARY KEY (account, message)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blocks (
    user TEXT NOT NULL,
    network TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (user, network)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blocks_until ON blocks (until);
  `,
  `
  ALTER TABLE accounts ADD COLUMN handed INTEGER NOT NULL DEFAULT 0; -- up to here messages may have arrived; the cursor where that is greater
  CREATE INDEX accounts_cursor ON accounts (cursor);
  CREATE INDEX named_message ON named (message);
  `,
  `
  ALTER TABLE accounts ADD COLUMN roles TEXT NOT NULL DEFAULT ''; -- words with a blank between
  `,
  `
  ALTER TABLE messages ADD COLUMN key TEXT;                         -- what its sender calls it
  CREATE INDEX messages_key ON messages (sender, key) WHERE key IS NOT NULL;
  `,
  `
  CREATE TABLE likenesses (
    likeness TEXT NOT NULL,                 -- one of likenesses(name)
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (likeness, account)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX likenesses_account ON likenesses (account);
  CREATE TABLE unlikened (                  -- whose likenesses are still to be worked out
    account INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE
  ) STRICT;
  INSERT INTO unlikened SELECT id FROM accounts;

  -- The key of the capital ẞ was ß, and is ss, as that of ß always was. Where both spellings were registered, the second
  -- is called by its id as well, for an admin to see and a user to log in by.
  UPDATE OR IGNORE accounts SET key = replace(key, 'ß', 'ss') WHERE key LIKE '%ß%';
  UPDATE accounts SET name = name || '-' || id, key = replace(key, 'ß', 'ss') || '-' || id WHERE key LIKE '%ß%';
  UPDATE OR REPLACE blocks SET user = replace(user, 'ß', 'ss') WHERE user LIKE '%ß%';
  `,
  `
  CREATE TABLE sent (                       -- what was said under a key, whether or not the message is still there
    id INTEGER PRIMARY KEY,                 -- the message's
    sender INTEGER NOT NULL,
    key TEXT NOT NULL,
    unknown TEXT NOT NULL,                  -- the names that the sender was told are unknown, as JSON
    time INTEGER NOT NULL,
    UNIQUE (sender, key)
  ) STRICT;
  CREATE INDEX sent_time ON sent (time);
  -- From here on messages.key is not used.
  INSERT OR IGNORE INTO sent SELECT id, sender, key, '[]', time FROM messages WHERE key IS NOT NULL ORDER BY id;
  DROP INDEX messages_key;
  `,
  `
  ALTER TABLE accounts ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- random, another one after a new password
  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE proof (                      -- what is written to find out whether anything can be
    id INTEGER PRIMARY KEY,
    filler BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Until here a message that all have stayed until the next trimming. This reads the whole log, once.
  DELETE FROM messages WHERE wide = 0 AND NOT EXISTS (SELECT 1 FROM named WHERE message = messages.id);

  CREATE TABLE crowds (
    message INTEGER PRIMARY KEY,            -- to a crowd
    account INTEGER NOT NULL                -- one of the crowd that may lack it; those with lower ids have it
  ) STRICT;
  CREATE INDEX crowds_account ON crowds (account);
  INSERT INTO crowds SELECT id, 0 FROM messages WHERE wide = 1 AND crowd IS NOT NULL;

  CREATE TABLE log_size (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    messages INTEGER NOT NULL               -- how many there are
  ) STRICT;
  INSERT INTO log_size SELECT 1, count(*) FROM messages;
  CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN UPDATE log_size SET messages = messages + 1 WHERE id = 1; END;
  CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN UPDATE log_size SET messages = messages - 1 WHERE id = 1; END;

  ALTER TABLE named ADD COLUMN sender INTEGER; -- of the message; NULL in a row of an earlier version
  `,
  `
  ALTER TABLE named ADD COLUMN origin TEXT; -- NewEntry.origin
  CREATE TABLE contacts (                   -- whom an account has written to, the latest of them
    account INTEGER NOT NULL,
    other INTEGER NOT NULL,
    message INTEGER NOT NULL,               -- the first one
    PRIMARY KEY (account, other)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE texts (                      -- what plugins store
    key TEXT PRIMARY KEY,                   -- the collection, a slash, and the key in it
    text TEXT NOT NULL                      -- JSON
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Bans and mutes were blocks: of an account ('#' and its id, before that its name) at the network '*' or '#muted', and
  -- of a network for the user '*'.
  INSERT INTO texts SELECT
    CASE network WHEN '*' THEN 'bans/account:' || id WHEN '#muted' THEN 'mutes/' || id ELSE 'lockout/' || id || ' ' || network END,
    '{"until":' || max(until) || '}'
  FROM (
    SELECT id, network, until FROM blocks JOIN accounts ON key = user
    UNION ALL
    SELECT id, network, until FROM blocks JOIN accounts ON id = CAST(substr(user, 2) AS INTEGER) WHERE user GLOB '#*'
  )
  GROUP BY id, network;
  INSERT INTO texts SELECT 'bans/network:' || network, '{"until":' || until || '}' FROM blocks WHERE user = '*';
  DROP TABLE blocks;
  `,
  `
  CREATE TABLE entry (                      -- the log: append-only, except that redactions blank bodies
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,                   -- its number within the room; 0 if it does not count as unread
    previous INTEGER NOT NULL,              -- the room's entry before it
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    flags INTEGER NOT NULL,                 -- see entry-rows.ts
    sender INTEGER NOT NULL,
    name TEXT NOT NULL,                     -- the sender's, as shown
    device TEXT NOT NULL,
    body TEXT NOT NULL,
    of INTEGER,
    reply INTEGER,
    time INTEGER NOT NULL,
    origin TEXT
  ) STRICT;
  CREATE INDEX entry_of ON entry (of) WHERE of IS NOT NULL;

  CREATE TABLE room (
    id INTEGER PRIMARY KEY,                 -- 1 is everyone
    name TEXT,                              -- of a named room
    key TEXT,                               -- nameKey(name)
    members BLOB,                           -- of a direct conversation, packed by account-set.ts
    spoke BLOB,                             -- of a direct conversation, the members that have said something up to log.indexed, packed likewise
    facts TEXT,                             -- of a named room, JSON
    last INTEGER NOT NULL DEFAULT 0,        -- its last entry up to log.indexed
    seq INTEGER NOT NULL DEFAULT 0          -- the number of its last entry up to log.indexed that counts as unread
  ) STRICT;
  CREATE UNIQUE INDEX room_key ON room (key) WHERE key IS NOT NULL;
  CREATE INDEX room_named ON room (id) WHERE name IS NOT NULL;
  INSERT INTO room (id) VALUES (1);

  CREATE TABLE member (                     -- of direct conversations, up to log.rooms_indexed
    account INTEGER NOT NULL,
    room INTEGER NOT NULL,
    since INTEGER NOT NULL,                 -- its join entry; 0 in a direct conversation
    until INTEGER,                          -- its leave entry
    role TEXT,                              -- NULL in a direct conversation
    PRIMARY KEY (account, room, since)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX member_room ON member (room, account, since) WHERE role IS NOT NULL;
  CREATE INDEX member_left ON member (room, account, since) WHERE until IS NOT NULL;

  CREATE TABLE cursor (                     -- an account's devices
    account INTEGER NOT NULL,
    device TEXT NOT NULL,
    id INTEGER NOT NULL,
    handed INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (account, device)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cursor_id ON cursor (id);

  CREATE TABLE marker (
    account INTEGER NOT NULL,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room)
  ) STRICT, WITHOUT ROWID;

  -- Built behind the log, in large sorted batches.
  CREATE TABLE place (                      -- the entries of each room, up to log.indexed
    room INTEGER NOT NULL,
    id INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    origin TEXT,
    PRIMARY KEY (room, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE direct (                     -- direct conversations by their members, up to log.rooms_indexed
    members BLOB PRIMARY KEY,
    room INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE contact (                    -- account has said something in a direct conversation with other
    account INTEGER NOT NULL,
    other INTEGER NOT NULL,
    PRIMARY KEY (account, other)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    indexed INTEGER NOT NULL,               -- entries up to this id are indexed; only these are ever removed
    rooms_indexed INTEGER NOT NULL,         -- the same for rooms
    entries INTEGER NOT NULL                -- how many indexed entries exist
  ) STRICT;
  INSERT INTO log VALUES (1, 0, 1, 0);
  `,
  moveMessages,
  `
  DROP TABLE named;
  DROP TABLE crowds;
  DROP TABLE contacts;
  DROP TABLE messages;
  DROP TABLE log_size;
  DROP INDEX accounts_cursor;
  ALTER TABLE accounts DROP COLUMN cursor;
  ALTER TABLE accounts DROP COLUMN handed;
  `,
  `
  -- The table of confusable characters is now that of Unicode 17.
  DELETE FROM likenesses;
  INSERT OR IGNORE INTO unlikened SELECT id FROM accounts;
  `,
  `
  ALTER TABLE place DROP COLUMN origin;     -- the entry has it

  ALTER TABLE sent RENAME TO sent_before;
  CREATE TABLE sent (                       -- what was sent under a key, whether or not the message is still there
    id INTEGER PRIMARY KEY,                 -- the message's
    sender INTEGER NOT NULL,
    key TEXT NOT NULL,
    unknown TEXT NOT NULL,                  -- the names that the sender was told are unknown, as JSON
    time INTEGER NOT NULL
  ) STRICT;
  INSERT INTO sent SELECT id, sender, key, unknown, time FROM sent_before ORDER BY id;
  CREATE TABLE sent_key (                   -- its keys, up to log.indexed
    sender INTEGER NOT NULL,
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (sender, key)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO sent_key SELECT sender, key, id FROM sent_before ORDER BY sender, key;
  DROP TABLE sent_before;
  `,
  `
  ALTER TABLE likenesses RENAME TO skeletons;               -- of account names: two names that share one look alike
  ALTER TABLE skeletons RENAME COLUMN likeness TO skeleton; -- one of skeletons(name)
  ALTER TABLE unlikened RENAME TO pending_skeletons;        -- accounts whose skeletons are missing, or of an older table
  DROP INDEX likenesses_account;
  CREATE INDEX skeletons_account ON skeletons (account);
  `,
  `
  ALTER TABLE room ADD COLUMN size INTEGER NOT NULL DEFAULT 0; -- a named room's members; triggers keep it
  UPDATE room SET size = (SELECT count(*) FROM member WHERE room = room.id AND role IS NOT NULL AND until IS NULL)
  WHERE name IS NOT NULL;
  CREATE TRIGGER member_added AFTER INSERT ON member WHEN new.role IS NOT NULL AND new.until IS NULL
  BEGIN UPDATE room SET size = size + 1 WHERE id = new.room; END;
  CREATE TRIGGER member_ended AFTER UPDATE OF until ON member
  WHEN old.role IS NOT NULL AND old.until IS NULL AND new.until IS NOT NULL
  BEGIN UPDATE room SET size = size - 1 WHERE id = old.room; END;
  CREATE TRIGGER member_removed AFTER DELETE ON member WHEN old.role IS NOT NULL AND old.until IS NULL
  BEGIN UPDATE room SET size = size - 1 WHERE id = old.room; END;
  -- A named room that was removed has no name any more, until trimming has removed what is left of it.
  CREATE INDEX room_removed ON room (id) WHERE name IS NULL AND members IS NULL;

  CREATE TABLE mention (
    account INTEGER NOT NULL,               -- 0: everyone in the room
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,                   -- of the entry
    id INTEGER NOT NULL,                    -- of the entry
    PRIMARY KEY (account, room, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mention_id ON mention (id);
  `,
];

/** Files below these versions are copied before their migration, to the file's name with this suffix. */
export const KEPT_BEFORE: readonly { readonly version: number; readonly name: string }[] = [
  { version: MIGRATIONS.indexOf(moveMessages) + 1, name: 'before-v2' },
];

/** Migrates an empty database, or one with an older schema, to this version's schema. */
export function createSchema(db: DatabaseSync, from = 0, progress: (part: number) => void = () => {}): void {
  for (const migration of MIGRATIONS.slice(from)) {
    if (typeof migration === 'string') db.exec(migration);
    else migration(db, progress);
  }
}
