/** What sessions cost that do nothing, on their own server and on the others. */
import { setTimeout as after } from 'node:timers/promises';
import { Load } from '../load.ts';
import { between } from './counts.ts';
import type { ClusterWorkload } from './scenario.ts';

/** How long the servers take to note who has left, in milliseconds. */
const SETTLING = 5000;

/** Sessions that pay for what servers allocate once. */
const FIRST = 1000;

/** The memory of each further session, and what the servers do meanwhile. */
export function clusterIdle(more: number): ClusterWorkload {
  return async (start, { seconds, scale }) => {
    const cluster = await start();
    const [here, elsewhere] = cluster.servers;
    if (here === undefined) throw new Error('a cluster without servers');
    const memory = async () => {
      await Promise.all(cluster.servers.map((server) => server.probe()));
      return [here.memory(), elsewhere?.memory() ?? Number.NaN, cluster.natsMemory()] as const;
    };
    const load = new Load(cluster.to([here]));
    await load.logIn(Math.ceil(FIRST * scale));
    const before = await memory();
    const { length } = await load.logIn(Math.ceil(more * scale));
    const then = await memory();
    const countsBefore = await cluster.counts();
    await after(seconds * 1000);
    const idle = between(countsBefore, await cluster.counts());
    load.close();
    await after(SETTLING);
    // Registered already.
    const again = new Load(cluster.to([here]));
    const cpuBefore = elsewhere?.cpu() ?? Number.NaN;
    await again.logIn(length);
    const cpuElsewhere = (elsewhere?.cpu() ?? Number.NaN) - cpuBefore;
    again.close();
    const servers = cluster.servers.length;
    await cluster.stop();
    const [kbPerSession, kbPerSessionElsewhere, natsKbPerSession] = then.map(
      (kb, i) => (kb - (before[i] ?? 0)) / length,
    );
    const perSecond = (count: number) => count / servers / seconds;
    return {
      kbPerSession,
      kbPerSessionElsewhere,
      natsKbPerSession,
      cpuPerLoginElsewhere: cpuElsewhere / length,
      statementsPerSecond: perSecond(idle.statements),
      natsInPerSecond: perSecond(idle.natsIn),
    };
  };
}
