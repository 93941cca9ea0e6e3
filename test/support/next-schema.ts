/**
 * Loaded into a process before everything else, this makes it one of the next release, as far as the store `postgres` is
 * concerned: its schema has one migration more, with what a release may add for the one before to work with.
 */
import { MIGRATIONS, type Migration } from '../../plugins/stores/postgres/schema.ts';

(MIGRATIONS as Migration[]).push({
  worksWith: MIGRATIONS.length,
  sql: `
    ALTER TABLE entry ADD COLUMN next text;
    ALTER TABLE room ADD COLUMN next bigint NOT NULL DEFAULT 0;
    CREATE INDEX entry_next ON entry (room, time);
    CREATE TABLE next (id bigint PRIMARY KEY);
    `,
});
