/** What several servers of one chat cost, on one machine. */
import type { Scenario } from '../scenario.ts';
import { BROADCAST, DIRECT } from '../workloads/closed-loop.ts';
import { appends } from './append.ts';
import { copy } from './copy.ts';
import { clusterIdle } from './idle.ts';
import { clusterLogins, clusterStorm } from './logins.ts';
import { clusterLoop } from './loop.ts';
import { requests } from './requests.ts';
import { inCluster, onServers } from './scenario.ts';

export const CLUSTER_SCENARIOS: readonly Scenario[] = [
  onServers(
    {
      name: 'cluster-direct',
      summary: 'like direct-1000, on servers that share PostgreSQL and NATS, with friends on all of them',
      headline: 'cpuPerDelivery',
    },
    clusterLoop(DIRECT),
  ),
  onServers(
    {
      name: 'cluster-room',
      summary: 'like room-1000, with the members spread over the servers',
      headline: 'cpuPerDelivery',
    },
    clusterLoop({ ...BROADCAST, clients: 1000, room: '#town' }),
  ),
  onServers(
    {
      name: 'cluster-broadcast',
      summary: 'like broadcast-1000, with the clients spread over the servers',
      headline: 'cpuPerDelivery',
    },
    clusterLoop({ ...BROADCAST, clients: 1000 }),
  ),
  inCluster(
    {
      name: 'cluster-append',
      summary: 'the log alone: processes that append direct messages, each with as many in flight',
      headline: 'sentPerSecond',
    },
    new Map([1, 2, 3].flatMap((writers) => [1, 100, 1000].map((n) => [`${writers} x ${n}`, [writers, n] as const]))),
    ([writers, inFlight], setup) => appends(writers, inFlight, setup),
  ),
  inCluster(
    {
      name: 'cluster-requests',
      summary:
        'a look for entries of other servers, an entry that is read, a cursor that is moved, a thousand at a time',
      headline: 'postgresCpuPerRequest',
    },
    new Map((['look', 'entry', 'cursor'] as const).map((kind) => [kind, kind])),
    requests,
  ),
  inCluster(
    {
      name: 'cluster-copy',
      summary: 'a server copies from NATS who is online elsewhere, without what it does with it',
      headline: 'cpuPerSession',
    },
    new Map([['20,000 sessions', 20_000]]),
    copy,
  ),
  onServers(
    {
      name: 'cluster-idle',
      summary: 'memory of each of 5,000 idle sessions of one server, beyond the first 1,000, and what idle servers do',
      headline: 'kbPerSessionElsewhere',
    },
    clusterIdle(5000),
    [2],
  ),
  onServers(
    {
      name: 'cluster-logins',
      summary: '500 programs, each in ten rooms, resume with their tokens, 20 at a time',
      headline: 'statementsPerLogin',
    },
    clusterLogins(500, 20),
  ),
  onServers(
    {
      name: 'cluster-storm',
      summary:
        'one server is killed; its 1,000 clients come back to the others, as chatserv/client does, while 200 users chat',
      headline: 'allInMs',
    },
    clusterStorm(1000, asClientsDo),
    [3],
  ),
  onServers(
    {
      name: 'cluster-storm-at-once',
      summary: 'the same with clients that come back at once',
      headline: 'allInMs',
    },
    clusterStorm(1000, (attempt) => (attempt === 0 ? 0 : asClientsDo(attempt))),
    [3],
  ),
];

/** See `Connections.retry` of the client. */
function asClientsDo(attempt: number): number {
  return Math.min(1000 * 2 ** attempt, 30_000) * (0.5 + Math.random() / 2);
}
