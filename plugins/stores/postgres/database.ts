import pg from 'pg';
import { complaint, hasCollided, InDoubt, isLost, Unfit } from './complaint.ts';
import { escapeText, unescapeText } from './text-escape.ts';

/** How a database is reached. */
export interface Connection {
  /** A `postgres://` URL; without one, the variables of libpq such as PGHOST apply. */
  readonly url?: string | undefined;
  /** The schema of the tables. */
  readonly schema: string;
  /** The most connections. */
  readonly connections: number;
  /** How long to wait for a connection, and for an answer, in milliseconds. */
  readonly connectTimeout: number;
  readonly statementTimeout: number;
  /** Whether to refuse every request, for a dry run. */
  readonly isDry?: boolean;
}

/** Something that runs statements: the database, or a transaction. */
export interface Queryable {
  /** @throws an error of `pg`, or a sentence outside of a transaction */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** How long to wait before connecting again after a failure, at first and at most, in milliseconds. */
const BACK_OFF = { first: 100, most: 2000 };

/** How often to run a transaction that collides with others. */
const ATTEMPTS = 5;

/** How much longer than the server this side waits for an answer, in milliseconds. */
const GRACE = 1000;

const DRY = 'is not used in a dry run';

const NO_TIMEOUTS = { statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 };

const { INT8, TEXT } = pg.types.builtins;

/** Ids and times fit into a number. Lists of ids stay texts: most are known already, see `entry-rows.ts`. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    if (id === INT8) return Number;
    if (id === TEXT) return unescapeText;
    if (id === INT8_LIST) return String;
    return pg.types.getTypeParser(id, format as 'text');
  },
};
const INT8_LIST = 1016;

/** Names of prepared statements, by their text: every text is a constant of the code. */
const names = new Map<string, string>();

/** The connections to a database. After a failure to connect, requests fail at once until it is time for another attempt. */
export class Database implements Queryable {
  /** The database as shown in messages, without user and password. */
  readonly name: string;
  /** Requests under way, and all so far. */
  waiting = 0;
  requests = 0;
  readonly #pool: pg.Pool;
  readonly #config: pg.PoolConfig;
  readonly #isDry: boolean;
  /** The last failure to connect, and when to connect again. */
  #failure: { readonly error: Error; readonly delay: number; readonly until: number } | undefined;

  constructor({ url, schema, connections, connectTimeout, statementTimeout, isDry = false }: Connection) {
    this.#isDry = isDry;
    this.#config = {
      ...(url !== undefined && { connectionString: url }),
      application_name: 'chatserv',
      options: [
        `-c search_path=${pg.escapeIdentifier(schema).replaceAll(' ', '\\ ')}`,
        // A process that reads no more, or is cut off, must not keep the log's lock while the server sends it something.
        `-c tcp_user_timeout=${statementTimeout}`,
        // Statements are short: compiling them or starting processes for them takes longer than they do.
        '-c jit=off -c max_parallel_workers_per_gather=0',
      ].join(' '),
      max: connections,
      connectionTimeoutMillis: connectTimeout,
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + GRACE,
      // A process that hangs within a transaction must not block the others.
      idle_in_transaction_session_timeout: statementTimeout,
      keepAlive: true,
      types: TYPES,
    };
    this.#pool = new pg.Pool(this.#config);
    // A lost connection leaves the pool. The request that uses it, or the next one, reports what is wrong.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.name = nameOf(this.#config);
  }

  /** Runs a statement on its own. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#counted(() => this.#repeatCollided(() => this.#withClient((client) => run<Row>(client, sql, values))));
  }

  /** Runs a statement that changes nothing, once more if the connection is lost. */
  readonly read = async <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
    try {
      return await this.query(sql, values);
    } catch (error) {
      if (this.#failure !== undefined || !isLost((error as Error).cause)) throw error;
      return await this.query(sql, values);
    }
  };

  /** Runs a transaction. It is run again if it collides with another one. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return this.#counted(() => this.#repeatCollided(() => this.#withClient((client) => inTransaction(client, work))));
  }

  /** Runs a transaction once. @throws the error of `pg` as it is, or `InDoubt` */
  async transactOnce<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return await this.#counted(() => this.#withClient((client) => inTransaction(client, work)));
  }

  /** Opens a connection of its own, without limits on time, for work that takes long. @returns it and a way to end it */
  async reserve(): Promise<{ readonly queryable: Queryable; end(): Promise<void> }> {
    if (this.#isDry) throw new Unfit(DRY);
    const client = new pg.Client({ ...this.#config, ...NO_TIMEOUTS });
    client.on('error', () => {});
    await client.connect();
    return { queryable: { query: (sql, values) => run(client, sql, values) }, end: () => client.end() };
  }

  /** Runs a transaction over a connection of its own, without limits on time. It is run again if it collides with another one. */
  transactAlone(work: (transaction: Queryable) => Promise<void>): Promise<void> {
    return this.#repeatCollided(async () => {
      const { queryable, end } = await this.reserve();
      try {
        await queryable.query('BEGIN');
        await work(queryable);
        await queryable.query('COMMIT');
      } finally {
        await end();
      }
    });
  }

  /** Waits for requests under way, and disconnects. */
  close(): Promise<void> {
    return this.#pool.end();
  }

  async #counted<Result>(work: () => Promise<Result>): Promise<Result> {
    this.waiting++;
    this.requests++;
    try {
      return await work();
    } finally {
      this.waiting--;
    }
  }

  /** @throws a sentence for the operator */
  async #repeatCollided<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt < ATTEMPTS && hasCollided(error)) continue;
        throw complaint(this.name, error);
      }
    }
  }

  async #withClient<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(isLost(error));
      throw error;
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#isDry) throw new Unfit(DRY);
    const failure = this.#failure;
    if (failure !== undefined && performance.now() < failure.until) throw failure.error;
    try {
      const client = await this.#pool.connect();
      this.#failure = undefined;
      return client;
    } catch (cause) {
      const error = cause as Error;
      // Several requests may have waited for one attempt.
      if (this.#failure === failure) {
        const delay = Math.min(BACK_OFF.most, failure === undefined ? BACK_OFF.first : 2 * failure.delay);
        this.#failure = { error, delay, until: performance.now() + delay };
      }
      throw error;
    }
  }
}

async function inTransaction<Result>(
  client: pg.PoolClient,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  let result: Result;
  await client.query('BEGIN');
  try {
    result = await work({ query: (sql, values) => run(client, sql, values) });
  } catch (error) {
    // Where the connection is lost, the server rolls back.
    if (!isLost(error)) await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  } catch (cause) {
    throw isLost(cause) ? new InDoubt((cause as Error).message, { cause }) : cause;
  }
  return result;
}

async function run<Row>(client: pg.ClientBase, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  let name = names.get(text);
  if (name === undefined) {
    name = `chatserv-${names.size + 1}`;
    names.set(text, name);
  }
  const { rows } = await client.query<Row & pg.QueryResultRow>({ name, text, values: values.map(escaped) });
  return rows;
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value);
  return Array.isArray(value) ? value.map(escaped) : value;
}

function nameOf(config: pg.ClientConfig): string {
  const { host, port, database = '' } = new pg.Client(config);
  return host.startsWith('/') ? `${database} at ${host}` : `${database} at ${host}:${port}`;
}
