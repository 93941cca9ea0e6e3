/** How many messages a second the log takes, which one lock orders, without the servers around it. */
import type { Appended } from '../append.ts';
import type { Row } from '../report/results.ts';
import { medianOf } from '../report/statistics.ts';
import type { Setup } from '../scenario.ts';
import { runScript } from '../script.ts';
import { Cluster } from './cluster.ts';
import { between } from './counts.ts';

/** @param writers processes that append @param inFlight messages that each of them has under way */
export async function appends(writers: number, inFlight: number, setup: Setup): Promise<Row> {
  const cluster = await Cluster.start(0, setup);
  const { seconds } = setup.effort;
  const run = () => runScript<Appended>('append.ts', { url: cluster.url, seconds, inFlight }, setup.cores);
  const before = await cluster.counts();
  const all = await Promise.all(Array.from({ length: writers }, run));
  const done = between(before, await cluster.counts());
  await cluster.stop();
  const sum = (what: keyof Appended) => all.reduce((sum, one) => sum + one[what], 0);
  return {
    sentPerSecond: all.reduce((sum, { appended, took }) => sum + appended / took, 0),
    messagesPerCommit: sum('appended') / sum('commits'),
    p50: medianOf(all.map(({ p50 }) => p50)),
    p99: Math.max(...all.map(({ p99 }) => p99)),
    commitMs: medianOf(all.map(({ commits, took }) => (took * 1000) / commits)) / writers,
    postgresCpuPerMessage: done.postgresCpu / sum('all'),
    statementsPerMessage: done.statements / sum('all'),
    walPerMessage: done.wal / sum('all'),
  };
}
