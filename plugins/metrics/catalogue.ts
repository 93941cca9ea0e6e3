import type { Backups, ServerFacts, StoreFacts } from 'chatserv';
import { histogram, type Metric, numbers, type Sample } from './exposition.ts';
import { PROCESS_UP } from './group.ts';
import type { ProcessFacts } from './process.ts';

/** The values of all metrics. */
export interface Facts {
  readonly server: ServerFacts;
  readonly store: Awaited<ReturnType<StoreFacts['read']>> | undefined;
  readonly backups: Backups | undefined;
  readonly process: ProcessFacts;
}

/** Only every nth bucket of a plugin's durations is written, since there are many plugins. */
const COARSE = 3;

/** Events that alerts watch. They start at 0, since an alert misses the first event of a new counter. */
const WATCHED = [
  'connection',
  'login',
  'login-failure',
  'block',
  'registration',
  'disconnect',
  'plugin-error',
  'session-error',
  'internal-error',
  'store-error',
  'log-lost',
  'certificate-ends',
  'backup-failure',
  'backup-skipped',
];
const ZEROS = Object.fromEntries(WATCHED.map((event) => [event, 0]));

/** All metrics. The table in docs/operations.md is generated from them. */
export const METRICS: readonly (Metric & {
  /** The names of its labels. Their values never contain what a client sent. */
  readonly labels?: readonly string[];
  page(metric: Metric, facts: Facts): string;
})[] = [
  gauge('chatserv_sessions', 'Open connections, logged in or not', ({ server }) => server.sessions),
  gauge('chatserv_online', 'Accounts online', ({ server }) => server.online),
  {
    ...counter('chatserv_events_total', 'Log events, whatever the log level: connections, logins, failures, blocks'),
    labels: ['event'],
    page: (metric, { server }) => numbers(metric, byName('event', { ...ZEROS, ...server.events })),
  },
  counter('chatserv_messages_total', 'Messages sent', ({ server }) => server.messages),
  counter(
    'chatserv_deliveries_total',
    'Messages handed to a transport, counted once per recipient',
    ({ server }) => server.deliveries,
  ),
  counter('chatserv_received_bytes_total', 'Bytes from clients', ({ server }) => server.bytes.received),
  counter('chatserv_sent_bytes_total', 'Bytes to clients', ({ server }) => server.bytes.sent),
  {
    name: 'chatserv_keeping_seconds',
    type: 'histogram',
    help: 'Time from sending a message until it is stored',
    page: (metric, { server }) => histogram(metric, [{ spread: server.keeping }], 1),
  },
  {
    name: 'chatserv_delivering_seconds',
    type: 'histogram',
    help: 'Time from sending a message until the transport of an online recipient has taken it, for one message a second',
    page: (metric, { server }) => histogram(metric, [{ spread: server.delivering }], 1),
  },
  {
    ...counter('chatserv_limits_met_total', 'How often a limit was hit'),
    labels: ['limit'],
    page: (metric, { server }) => numbers(metric, byName('limit', server.limits)),
  },
  {
    ...counter('chatserv_plugin_calls_total', "Calls of plugins' hooks and commands"),
    labels: ['plugin', 'what'],
    page: (metric, facts) =>
      numbers(
        metric,
        meters(facts).map(({ labels, meter }) => ({ labels, value: meter.calls })),
      ),
  },
  {
    ...counter('chatserv_plugin_errors_total', 'Calls that failed or took too long'),
    labels: ['plugin', 'what'],
    page: (metric, facts) =>
      numbers(
        metric,
        meters(facts).map(({ labels, meter }) => ({ labels, value: meter.errors })),
      ),
  },
  {
    name: 'chatserv_plugin_seconds',
    type: 'histogram',
    help: 'Duration of calls: of the first 1,000, then of one in 16, or on the hot path one in 1,024',
    labels: ['plugin', 'what'],
    page: (metric, facts) =>
      histogram(
        metric,
        meters(facts).map(({ labels, meter }) => ({ labels, spread: meter.spread })),
        COARSE,
      ),
  },
  {
    ...gauge('chatserv_plugin_quarantined', 'Whether a plugin failed so often that it is no longer called'),
    labels: ['plugin'],
    page: (metric, { server }) =>
      numbers(
        metric,
        server.plugins.map(({ name, quarantined }) => ({ labels: { plugin: name }, value: Number(quarantined) })),
      ),
  },
  gauge('chatserv_store_waiting', 'Requests waiting for the store', ({ store }) => store?.waiting),
  counter('chatserv_store_requests_total', 'Requests answered by the store', ({ store }) => store?.requests),
  counter(
    'chatserv_store_batches_total',
    'Batches of requests to the store: the requests of a batch share one write to disk',
    ({ store }) => store?.batches,
  ),
  gauge('chatserv_store_bytes', 'Disk space used by the store', ({ store }) => store?.bytes),
  gauge(
    'chatserv_backup_timestamp_seconds',
    'When the latest scheduled backup was made, in seconds since 1970',
    ({ backups }) => (backups?.latest === undefined ? undefined : backups.latest / 1000),
  ),
  {
    ...gauge('chatserv_event_loop_delay_seconds', 'How late the event loop was since the last scrape: p50, p99, max'),
    labels: ['of'],
    page: (metric, { process }) =>
      numbers(
        metric,
        process.delays.map(([of, value]) => ({ labels: { of }, value })),
      ),
  },
  counter('process_cpu_seconds_total', 'CPU time used, on all cores', ({ process }) => process.cpu),
  gauge('process_start_time_seconds', 'Start time, in seconds since 1970', ({ process }) => process.started),
  gauge('process_resident_memory_bytes', 'Resident memory', ({ process }) => process.memory.resident),
  gauge('nodejs_heap_size_used_bytes', 'Memory used by the JavaScript heap', ({ process }) => process.memory.heap),
  gauge('process_open_fds', 'Open file descriptors', ({ process }) => process.descriptors?.open),
  gauge('process_max_fds', 'Limit on open file descriptors', ({ process }) => process.descriptors?.most),
  // One page has it for all processes.
  { ...PROCESS_UP, labels: ['process'], page: () => '' },
];

/** The page of all metrics. */
export function page(facts: Facts): string {
  return METRICS.map((metric) => metric.page(metric, facts)).join('');
}

type Read = (facts: Facts) => number | undefined;

function gauge(name: string, help: string, read: Read = () => undefined) {
  return { name, type: 'gauge' as const, help, page: single(read) };
}

function counter(name: string, help: string, read: Read = () => undefined) {
  return { name, type: 'counter' as const, help, page: single(read) };
}

/** One value without labels, or nothing if it is unknown. */
function single(read: Read) {
  return (metric: Metric, facts: Facts): string => {
    const value = read(facts);
    return value === undefined ? '' : numbers(metric, [{ value }]);
  };
}

function byName(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function meters({ server }: Facts) {
  return server.plugins.flatMap(({ name, meters }) =>
    meters.map((meter) => ({ labels: { plugin: name, what: meter.what }, meter })),
  );
}
