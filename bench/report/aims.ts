/** What was aimed at, beside what was measured. */
import { figure, tableOf, withSpread } from './markdown.ts';
import type { Metric } from './metrics.ts';
import { compare, DIFFERENCE, RATIO, type Results } from './results.ts';
import { type Spread, spreadOf } from './statistics.ts';

interface Aim {
  readonly work: string;
  readonly scenario: string;
  /** Undefined for all of them: the worst counts. */
  readonly variant: string | undefined;
  readonly metric: Metric;
  /** What it is divided by, or what is subtracted. */
  readonly beside?: string;
  readonly above?: string;
  /** Undefined for what is reported beside another. */
  readonly most: number | undefined;
  readonly unit: string;
}

const direct = { scenario: 'direct-1000', variant: 'sqlite', metric: 'bytesPerMessage' } as const;
const ratio = (scenario: string, metric: Metric, beside: string, variant = 'sqlite') =>
  ({ scenario, variant, metric, beside, unit: 'x' }) as const;
const besideQuiet = (scenario: string) =>
  ({ scenario, variant: 'sqlite', metric: 'p99BesideQuiet', most: 1.5, unit: 'x' }) as const;
const above = (scenario: string, most: number) =>
  ({ scenario, variant: 'sqlite', metric: 'kbPerSession', above: 'bare', most, unit: ' KB' }) as const;
const idlePlugins = (count: number, like: string): Aim => ({
  work: `${count} idle plugins: CPU of ${like}, beside none`,
  ...ratio(`idle-plugins-${like}`, 'cpuPerMessage', 'none', `${count} idle`),
  most: 1.05,
});

const besideSlowDisk = (event: string, scenario: string): readonly Aim[] =>
  (
    [
      ['durable messages', 'p99BesideQuiet'],
      ['unkept entries', 'broadcastBesideQuiet'],
      ['commands', 'queryBesideQuiet'],
    ] as const
  ).map(([what, metric]) => ({
    work: `fsync of 150 ms, ${event}: p99 of ${what}, beside quiet`,
    ...besideQuiet(scenario),
    metric,
  }));

export const AIMS: readonly Aim[] = [
  {
    work: 'direct messages, 800 in flight: CPU, beside the bare durable loop',
    ...ratio('direct-1000', 'cpuPerMessage', 'durable'),
    most: 1.6,
  },
  { work: 'direct messages, 800 in flight: bytes written for each', ...direct, most: 500, unit: ' B' },
  {
    work: 'direct messages, 800 in flight, with keys: bytes written for each',
    ...direct,
    scenario: 'bytes-keyed',
    most: 500,
    unit: ' B',
  },
  {
    work: 'direct messages with keys, one at a time: bytes written for each',
    ...direct,
    scenario: 'bytes-lone',
    most: undefined,
    unit: ' B',
  },
  {
    work: 'broadcast to 100, durable: CPU a delivery, beside the bare loop',
    ...ratio('broadcast-100', 'cpuPerDelivery', 'bare'),
    most: 1.3,
  },
  {
    work: 'broadcast to 1,000, durable: CPU a delivery, beside the bare loop',
    ...ratio('broadcast-1000', 'cpuPerDelivery', 'bare'),
    most: 1.2,
  },
  {
    work: 'a room of 100,000, 1,000 of them online: CPU a delivery, beside the bare loop',
    ...ratio('room-1000', 'cpuPerDelivery', 'bare', '100,000 members'),
    most: 1.2,
  },
  {
    work: 'a room of 1,000 IRC clients: CPU a delivery, beside plain lines',
    ...ratio('irc-room', 'cpuPerDelivery', 'plain lines', 'irc'),
    most: 1.2,
  },
  {
    work: 'login to 200 rooms with 1,000,000 new messages: CPU',
    scenario: 'busy-rooms',
    variant: 'sqlite',
    metric: 'cpuPerLogin',
    most: 100_000,
    unit: ' us',
  },
  {
    work: 'then the first page of the history of a room: the slowest of 100',
    scenario: 'busy-rooms',
    variant: 'sqlite',
    metric: 'max',
    most: 20,
    unit: ' ms',
  },
  {
    work: '50 broadcasts a second to 1,000: p99, beside the bare loop',
    ...ratio('open-broadcast', 'p99', 'bare'),
    most: 1,
  },
  {
    work: 'promises for each direct message',
    ...direct,
    scenario: 'counts',
    metric: 'promisesPerMessage',
    most: 10,
    unit: '',
  },
  { work: "idle session, above the bare loop's", ...above('idle', 3) },
  { work: "idle session, bounded young generation, above the bare loop's", ...above('idle-bounded', 3) },
  {
    work: 'start to listening, from source',
    scenario: 'start',
    variant: 'sqlite',
    metric: 'startMs',
    most: 350,
    unit: ' ms',
  },
  {
    work: 'start to listening, as installed',
    scenario: 'start',
    variant: 'installed',
    metric: 'startMs',
    most: 220,
    unit: ' ms',
  },
  {
    work: '2,000 sessions resume: until all are back',
    scenario: 'login-resume',
    variant: 'sqlite',
    metric: 'allInMs',
    most: 3000,
    unit: ' ms',
  },
  {
    work: '2,000 sessions resume: event loop delay, p99',
    scenario: 'login-resume',
    variant: 'sqlite',
    metric: 'loopDelayP99',
    most: 20,
    unit: ' ms',
  },
  { work: 'login of 100,000 queued messages: p99 of others, beside quiet', ...besideQuiet('login-backlog') },
  { work: 'reload with 2,000 sessions: p99 of others, beside quiet', ...besideQuiet('reload') },
  {
    work: 'fsync of 150 ms: p99 of unkept entries, beside quiet',
    ...ratio('slow-disk', 'broadcastP99', 'quiet', '150 ms'),
    most: 1.5,
  },
  {
    work: 'fsync of 150 ms: p99 of commands, beside quiet',
    ...ratio('slow-disk', 'queryP99', 'quiet', '150 ms'),
    most: 1.5,
  },
  {
    work: 'fsync of 150 ms: p99 of durable messages',
    scenario: 'slow-disk',
    variant: '150 ms',
    metric: 'durableP99',
    most: 320,
    unit: ' ms',
  },
  ...besideSlowDisk('500 sessions resume', 'slow-disk-logins'),
  ...besideSlowDisk('reload with 500 sessions', 'slow-disk-reload'),
  idlePlugins(10, 'direct-1000'),
  idlePlugins(20, 'direct-1000'),
  idlePlugins(10, 'broadcast-100'),
  idlePlugins(20, 'broadcast-100'),
  {
    work: 'store of 10,000,000 entries: p99.9 of the slowest request',
    scenario: 'store',
    variant: undefined,
    metric: 'p999',
    most: 10,
    unit: ' ms',
  },
  {
    work: 'search among 1,000,000 messages: p50 of the slowest kind of search',
    scenario: 'search',
    variant: undefined,
    metric: 'p50',
    most: 50,
    unit: ' ms',
  },
];

/** What the results say of an aim. @returns undefined where it was not measured */
export function measuredFor(
  { scenario, variant, metric, beside, above }: Aim,
  { scenarios }: Results,
): Spread | undefined {
  const { variants = {} } = scenarios.find(({ name }) => name === scenario) ?? {};
  if (variant === undefined) {
    const worst = Object.values(variants).map(({ metrics }) => metrics[metric]?.median ?? Number.NaN);
    return spreadOf([Math.max(...worst.filter(Number.isFinite))]);
  }
  const measured = variants[variant];
  if (beside === undefined && above === undefined) return measured?.metrics[metric];
  const baseline = variants[beside ?? above ?? ''];
  return measured && baseline && compare(measured.runs, baseline.runs, metric, beside ? RATIO : DIFFERENCE);
}

/** A table of the aims that were measured, with what was reached. */
export function aimsOf(results: Results): string {
  const rows = AIMS.flatMap((aim) => {
    const measured = measuredFor(aim, results);
    if (measured === undefined) return [];
    const { work, most, unit } = aim;
    const reached = most === undefined ? '' : measured.median <= most ? 'reached' : 'missed';
    return [[work, withSpread(measured, unit), most === undefined ? '' : `${figure(most)}${unit}`, reached]];
  });
  return `### Aims\n\n${tableOf(['', 'measured', 'at most', ''], rows)}\n`;
}
