/** What messages cost on several servers. */
import { setTimeout as after } from 'node:timers/promises';
import { Load } from '../load.ts';
import type { Row } from '../report/results.ts';
import { linesOf, type Shape } from '../workloads/closed-loop.ts';
import { between } from './counts.ts';
import type { ClusterWorkload } from './scenario.ts';

/** Like `closedLoop`, with clients that are spread over the servers. */
export function clusterLoop(shape: Shape): ClusterWorkload {
  return async (start, { seconds, warmUp, scale }) => {
    const { room } = shape;
    const clients = Math.ceil(shape.clients * scale);
    const cluster = await start(room === undefined ? {} : { rooms: { declared: { [room]: {} }, quietAbove: 0 } });
    const load = new Load(cluster, shape.protocol);
    await load.logIn(clients);
    if (room !== undefined) await load.join(room);
    const { counters } = load;
    const senders = load.clients.slice(0, shape.senders);
    for (const [i, sender] of senders.entries()) {
      sender.start(shape.inFlight, linesOf(load, { ...shape, clients }, i, room));
    }
    await after(warmUp * 1000);
    const before = await cluster.counts();
    counters.reset();
    const began = performance.now();
    await after(seconds * 1000);
    const took = (performance.now() - began) / 1000;
    const [done, { delivered, answered, deliveries }] = [between(before, await cluster.counts()), { ...counters }];
    await Promise.all(senders.map((sender) => sender.stop()));
    load.close();
    await cluster.stop();
    const row: Row = {
      cpuPerMessage: done.cpu / answered,
      cpuPerDelivery: done.cpu / delivered,
      postgresCpuPerMessage: done.postgresCpu / answered,
      natsCpuPerMessage: done.natsCpu / answered,
      sentPerSecond: answered / took,
      deliveriesPerSecond: delivered / took,
      p50: deliveries.percentile(0.5),
      p99: deliveries.percentile(0.99),
      statementsPerMessage: done.statements / answered,
      rowsTouchedPerMessage: done.rows / answered,
      commitsPerMessage: done.commits / answered,
      walPerMessage: done.wal / answered,
      natsInPerMessage: done.natsIn / answered,
      natsOutPerMessage: done.natsOut / answered,
      natsBytesPerMessage: done.natsBytes / answered,
    };
    return row;
  };
}
