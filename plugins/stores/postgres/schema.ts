/** A step from one schema version to the next. */
export interface Migration {
  readonly sql: string;
  /** The oldest version of the schema that code may be written for and still work with this one. */
  readonly worksWith: number;
}

/**
 * The migrations in order; a database's version is the number of those applied. Never edit a released migration: add
 * another one, which the previous release must still work with. So a column is dropped one release after its last use.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    worksWith: 1,
    sql: `
    CREATE TABLE account (
      id bigint PRIMARY KEY,
      name text NOT NULL,
      key text NOT NULL UNIQUE,                 -- nameKey(name)
      hash text NOT NULL,
      created bigint NOT NULL,                  -- milliseconds since 1970, as all times
      seen bigint NOT NULL DEFAULT 0,
      roles text[] NOT NULL DEFAULT '{}',
      epoch bigint NOT NULL,
      since bigint NOT NULL                     -- the log's end when the account was created
    );
    CREATE INDEX account_seen ON account (seen);
    CREATE TABLE skeleton (                     -- of account names: two names that share one look alike
      skeleton text,
      account bigint,
      PRIMARY KEY (skeleton, account)
    );
    CREATE INDEX skeleton_account ON skeleton (account);
    CREATE TABLE accounts (                     -- one row
      last bigint NOT NULL,                     -- the last id assigned
      revision bigint NOT NULL                  -- counts changes that sessions must notice
    );
    INSERT INTO accounts VALUES (0, 0);
    CREATE TABLE secret (name text PRIMARY KEY, value bytea NOT NULL);

    CREATE TABLE log (                          -- one row: whoever appends holds its lock until the commit
      identity text NOT NULL,                   -- of the stored contents
      head bigint NOT NULL,                     -- the last id assigned to an entry
      room bigint NOT NULL                      -- the same for rooms
    );
    INSERT INTO log VALUES (gen_random_uuid()::text, 0, 1);
    CREATE TABLE removal (entries bigint NOT NULL); -- one row: how many entries were removed
    INSERT INTO removal VALUES (0);
    CREATE TABLE writer (                       -- the processes that append
      epoch text PRIMARY KEY,                   -- random, one per process
      batch bigint NOT NULL,                    -- the number of its last batch
      seen timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE room (
      id bigint PRIMARY KEY,
      kind text NOT NULL,                       -- everyone, room, direct, or removed until trimming removes the rest
      name text NOT NULL DEFAULT '',
      key text UNIQUE,                          -- nameKey(name) of a named room
      members bigint[] UNIQUE,                  -- of a direct conversation, ascending
      spoke bigint[] NOT NULL DEFAULT '{}',     -- of a direct conversation, the members that have said something
      facts text NOT NULL DEFAULT '{}',         -- JSON
      last bigint NOT NULL DEFAULT 0,           -- its last entry
      seq bigint NOT NULL DEFAULT 0,            -- the number of its last entry that counts as unread
      size bigint NOT NULL DEFAULT 0            -- a named room's members
    );
    CREATE INDEX room_named ON room (id) WHERE kind = 'room';
    CREATE INDEX room_removed ON room (id) WHERE kind = 'removed';
    INSERT INTO room (id, kind) VALUES (1, 'everyone');

    CREATE TABLE member (
      account bigint,
      room bigint,
      since bigint,                             -- its join entry; 0 in a direct conversation
      until bigint NOT NULL DEFAULT 0,          -- its leave entry; 0 while it is a member
      role text,                                -- NULL in a direct conversation
      PRIMARY KEY (account, room, since)
    );
    CREATE INDEX member_room ON member (room, account, since);
    CREATE INDEX member_left ON member (room, account, since) WHERE until > 0;

    CREATE TABLE entry (                        -- the log: append-only, except that redactions blank bodies
      id bigint PRIMARY KEY,
      room bigint NOT NULL,
      seq bigint NOT NULL,                      -- its number within the room; 0 if it does not count as unread
      previous bigint NOT NULL,
      kind text NOT NULL,
      version bigint NOT NULL,
      sender bigint NOT NULL,
      name text NOT NULL,                       -- the sender's, as shown
      device text NOT NULL,
      to_sender boolean NOT NULL,
      body text NOT NULL,
      of bigint,
      reply bigint,
      mentions_all boolean NOT NULL,
      time bigint NOT NULL,
      origin text,
      redacted boolean NOT NULL DEFAULT false
    );
    CREATE INDEX entry_room ON entry (room, id);
    CREATE INDEX entry_seq ON entry (room, seq) WHERE seq > 0;
    CREATE INDEX entry_of ON entry (of) WHERE of IS NOT NULL;
    CREATE TABLE mention (
      account bigint,                           -- 0: everyone in the room
      room bigint,
      seq bigint,                               -- of the entry
      id bigint NOT NULL,                       -- of the entry
      PRIMARY KEY (account, room, seq)
    );
    CREATE INDEX mention_id ON mention (id);
    CREATE TABLE sent (                         -- what was sent under a key, whether or not the message is still there
      sender bigint,
      key text,
      id bigint NOT NULL,
      unknown text NOT NULL,                    -- the names that the sender was told are unknown, as JSON
      time bigint NOT NULL,
      PRIMARY KEY (sender, key)
    );
    CREATE INDEX sent_id ON sent (id);

    CREATE TABLE cursor (                       -- an account's devices
      account bigint,
      device text,
      id bigint NOT NULL,
      handed bigint NOT NULL,
      seen bigint NOT NULL,
      PRIMARY KEY (account, device)
    );
    CREATE INDEX cursor_id ON cursor (id);
    CREATE TABLE marker (
      account bigint,
      room bigint,
      seq bigint NOT NULL,
      PRIMARY KEY (account, room)
    );
    CREATE TABLE contact (                      -- account has said something in a direct conversation with other
      account bigint,
      other bigint,
      PRIMARY KEY (account, other)
    );

    CREATE TABLE texts (                        -- what plugins store
      key text COLLATE "C" PRIMARY KEY,         -- the collection, a slash, and the key in it
      text text NOT NULL                        -- JSON
    );
    `,
  },
  {
    worksWith: 1,
    sql: `
    CREATE TABLE search_state (                 -- one row
      id bigint PRIMARY KEY CHECK (id = 1),
      version bigint NOT NULL,                  -- of the rules by which texts are split into words
      cursor bigint NOT NULL                    -- the index has everything up to this entry
    );
    INSERT INTO search_state VALUES (1, 0, 0);
    CREATE TABLE search_message (               -- messages that can be found
      id bigint PRIMARY KEY,
      room bigint NOT NULL,
      time bigint NOT NULL,
      edit bigint NOT NULL,                     -- the edit that the words are from; 0 for the original
      scope tsvector NOT NULL,                  -- r<room>, s<sender>, and in direct conversations m<member> of each
      words tsvector NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0.02); -- removed words are on the disk until then
    CREATE INDEX search_words ON search_message USING gin (words, scope) WITH (gin_pending_list_limit = 512);
    CREATE INDEX search_edit ON search_message (edit) WHERE edit > 0;
    CREATE TABLE search_day (                   -- the messages of each day
      day bigint PRIMARY KEY,                   -- since 1970
      first bigint NOT NULL,                    -- the lowest id
      last bigint NOT NULL                      -- the highest id
    );
    CREATE FUNCTION search_remove() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      DECLARE ids bigint[]; BEGIN ${[
        "IF TG_OP = 'DELETE' THEN ids := ARRAY(SELECT id FROM gone); ELSE ids := ARRAY(SELECT id FROM gone WHERE redacted); END IF;",
        'IF cardinality(ids) = 0 THEN RETURN NULL; END IF;',
        'PERFORM 1 FROM search_state FOR SHARE;',
        'DELETE FROM search_message WHERE id = ANY (ids);',
        "UPDATE search_message SET words = '' WHERE edit > 0 AND edit = ANY (ids);",
        'RETURN NULL;',
      ].join(' ')} END $$;
    CREATE TRIGGER search_deleted AFTER DELETE ON entry REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
      EXECUTE FUNCTION search_remove();
    CREATE TRIGGER search_redacted AFTER UPDATE ON entry REFERENCING NEW TABLE AS gone FOR EACH STATEMENT
      EXECUTE FUNCTION search_remove();
    `,
  },
];
