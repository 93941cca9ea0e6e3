import type { PostgresServer } from '../../test/support/postgres-server.ts';

/** What a cluster has done since its start. */
export interface Counts {
  /** CPU time of all servers, of PostgreSQL and of NATS, in microseconds. */
  readonly cpu: number;
  readonly postgresCpu: number;
  readonly natsCpu: number;
  /** Statements, those that begin and end transactions included, and the rows that they returned or changed. */
  readonly statements: number;
  readonly rows: number;
  /** Transactions that wrote something. */
  readonly commits: number;
  /** Bytes of the write-ahead log. */
  readonly wal: number;
  /** Messages and bytes that NATS received and sent, without the protocol's own. */
  readonly natsIn: number;
  readonly natsOut: number;
  readonly natsBytes: number;
}

type Counted = Omit<Counts, 'cpu' | 'postgresCpu' | 'natsCpu'>;

/** @param monitor the URL of the NATS server's monitoring */
export async function countsOf(postgres: PostgresServer, database: string, monitor: string): Promise<Counted> {
  const [row] = await postgres.query<Record<'statements' | 'rows' | 'commits' | 'wal', string>>(
    `SELECT sum(calls) AS statements, sum(rows) AS rows, pg_snapshot_xmax(pg_current_snapshot())::text AS commits,
       pg_current_wal_insert_lsn() - '0/0' AS wal
     FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)`,
    [database],
  );
  const response = await fetch(`${monitor}/varz`);
  const nats = (await response.json()) as Record<'in_msgs' | 'out_msgs' | 'in_bytes' | 'out_bytes', number>;
  return {
    statements: Number(row?.statements),
    rows: Number(row?.rows),
    commits: Number(row?.commits),
    wal: Number(row?.wal),
    natsIn: nats.in_msgs,
    natsOut: nats.out_msgs,
    natsBytes: nats.in_bytes + nats.out_bytes,
  };
}

/** What was done between two counts, in all. */
export function between(before: Counts, after: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Counts]]),
  ) as unknown as Counts;
}
