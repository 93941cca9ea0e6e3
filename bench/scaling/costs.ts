/** What the work of a server costs, from the results of the scenarios `cluster-*`. */
import type { Metric } from '../report/metrics.ts';
import type { Results } from '../report/results.ts';

/** CPU times in microseconds, sizes in bytes, and memory in KB. */
export interface Costs {
  /** The commit that was measured, and the machine. */
  readonly commit: string;
  readonly machine: string;
  /** On a server: a direct message with its delivery; a delivery more; an entry of another server. */
  readonly message: number;
  readonly delivery: number;
  readonly entry: number;
  /** A look for entries, on a server and in PostgreSQL. */
  readonly look: number;
  readonly postgresLook: number;
  readonly postgresEntry: number;
  /** A login of a program in ten rooms with a token. */
  readonly login: number;
  readonly loginElsewhere: number;
  /** To copy who is online elsewhere, for each session. */
  readonly copy: number;
  readonly postgresLogin: number;
  readonly statementsPerLogin: number;
  readonly natsInPerLogin: number;
  readonly natsOutPerLogin: number;
  readonly natsBytesPerLogin: number;
  /** In PostgreSQL: a commit with one message, and each further message in it. */
  readonly postgresCommit: number;
  readonly postgresMessage: number;
  readonly statementsPerCommit: number;
  /** How long the lock is held for each message, in microseconds. */
  readonly lock: number;
  readonly walPerMessage: number;
  readonly postgresCursor: number;
  readonly walPerCursor: number;
  /** In NATS: an announcement taken, or given to a server; a key set; a key given to a server. */
  readonly natsMessage: number;
  readonly natsPut: number;
  readonly natsCopy: number;
  readonly kbPerSession: number;
  readonly kbPerSessionElsewhere: number;
  readonly natsKbPerSession: number;
}

/** @throws Error when a scenario is missing */
export function costsOf({ machine, scenarios }: Results): Costs {
  const value = (scenario: string, variant: string, metric: Metric): number => {
    const found = scenarios.find(({ name }) => name === scenario)?.variants[variant]?.metrics[metric]?.median;
    if (found === undefined) throw new Error(`the results lack ${metric} of ${scenario}, ${variant}`);
    return Number(found.toPrecision(3));
  };
  const [one, many] = ['1 x 1', '1 x 1000'];
  const [logins, two] = ['cluster-logins', '2 servers'];
  const pg = (kind: string) => value('cluster-requests', kind, 'postgresCpuPerRequest');
  const direct = (metric: Metric) => value('cluster-direct', '3 servers', metric);
  const announcements = direct('natsInPerMessage') + direct('natsOutPerMessage');
  return {
    commit: scenarios.find(({ name }) => name === 'cluster-direct')?.commit ?? '',
    machine,
    message: value('cluster-direct', '1 server', 'cpuPerMessage'),
    delivery: value('cluster-broadcast', '1 server', 'cpuPerDelivery'),
    entry: value('cluster-requests', 'entry', 'cpuPerRequest'),
    look: value('cluster-requests', 'look', 'cpuPerRequest'),
    postgresLook: pg('look'),
    postgresEntry: pg('entry'),
    login: value(logins, two, 'cpuPerLogin'),
    loginElsewhere: value('cluster-idle', two, 'cpuPerLoginElsewhere'),
    copy: value('cluster-copy', '20,000 sessions', 'cpuPerSession'),
    postgresLogin: value(logins, two, 'postgresCpuPerLogin'),
    statementsPerLogin: value(logins, two, 'statementsPerLogin'),
    natsInPerLogin: value(logins, two, 'natsInPerLogin'),
    natsOutPerLogin: value(logins, '3 servers', 'natsOutPerLogin') - value(logins, two, 'natsOutPerLogin'),
    natsBytesPerLogin: value(logins, '3 servers', 'natsBytesPerLogin') - value(logins, two, 'natsBytesPerLogin'),
    postgresCommit: value('cluster-append', one, 'postgresCpuPerMessage'),
    postgresMessage: value('cluster-append', many, 'postgresCpuPerMessage'),
    statementsPerCommit: value('cluster-append', one, 'statementsPerMessage'),
    lock: (value('cluster-append', many, 'commitMs') * 1000) / value('cluster-append', many, 'messagesPerCommit'),
    walPerMessage: value('cluster-append', many, 'walPerMessage'),
    postgresCursor: pg('cursor'),
    walPerCursor: value('cluster-requests', 'cursor', 'walPerRequest'),
    natsMessage: direct('natsCpuPerMessage') / announcements,
    natsPut: value('cluster-copy', '20,000 sessions', 'natsCpuPerPut'),
    natsCopy: value('cluster-copy', '20,000 sessions', 'natsCpuPerCopy'),
    kbPerSession: value('cluster-idle', two, 'kbPerSession'),
    kbPerSessionElsewhere: value('cluster-idle', two, 'kbPerSessionElsewhere'),
    natsKbPerSession: value('cluster-idle', two, 'natsKbPerSession'),
  };
}
