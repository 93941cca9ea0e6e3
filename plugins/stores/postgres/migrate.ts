import { Unfit } from './complaint.ts';
import type { Database, Queryable } from './database.ts';
import { MIGRATIONS } from './schema.ts';

/** Keeps two processes from migrating at once: `chat` in ASCII, and the schema's name. */
const LOCK = 0x63686174;

/** The oldest version of PostgreSQL that has what the statements use, as `server_version_num`. */
const OLDEST = 130_000;

interface Version {
  readonly version: number;
  readonly works_with: number;
}

/**
 * Creates the tables, or migrates them to this version's schema, forward only.
 * @throws a sentence when the database cannot be used
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  await database.transactAlone(async (transaction) => {
    const [server] = await transaction.query<{ encoding: string; version: number }>(
      `SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version`,
    );
    if ((server?.version ?? 0) < OLDEST) throw new Unfit('is of a PostgreSQL before 13: update it');
    if (server?.encoding !== 'UTF8') {
      throw new Unfit(`has the encoding ${server?.encoding}: create it with --encoding=UTF8`);
    }
    await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, schema]);
    await createSchema(transaction, schema);
    const [now = { version: 0, works_with: 0 }] = await transaction.query<Version>(
      'SELECT version, works_with FROM schema_version',
    );
    if (now.version > MIGRATIONS.length && now.works_with > MIGRATIONS.length) {
      throw new Unfit(
        `was migrated by a newer version of chatserv to schema ${now.version}, and this version knows ` +
          `${MIGRATIONS.length}: update chatserv`,
      );
    }
    // Servers that serve meanwhile have tables locked while they write to the log. Reads of theirs may still collide.
    if (now.version > 0 && now.version < MIGRATIONS.length) await transaction.query('SELECT 1 FROM log FOR UPDATE');
    for (const [i, { sql, worksWith }] of MIGRATIONS.entries()) {
      if (i < now.version) continue;
      for (const statement of sql.split(/;\s*(?:--.*)?\n/))
        if (statement.trim() !== '') await transaction.query(statement);
      await transaction.query('DELETE FROM schema_version');
      await transaction.query('INSERT INTO schema_version VALUES ($1, $2)', [i + 1, worksWith]);
    }
  });
}

async function createSchema(transaction: Queryable, schema: string): Promise<void> {
  const found = await transaction.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  // IF NOT EXISTS would demand the right to create a schema even where there is one.
  if (found.length === 0) {
    const [{ sql = '' } = {}] = await transaction.query<{ sql: string }>(
      "SELECT format('CREATE SCHEMA %I', $1::text) AS sql",
      [schema],
    );
    await transaction.query(sql);
  }
  const tables = await transaction.query("SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL");
  if (tables.length === 0) {
    await transaction.query('CREATE TABLE schema_version (version bigint NOT NULL, works_with bigint NOT NULL)');
  }
}
