import { setTimeout as after } from 'node:timers/promises';
import { Client } from '../clients/client.ts';
import { Counters } from '../clients/counters.ts';
import { line } from '../clients/line.ts';
import { timedText } from '../clients/text.ts';
import { Load } from '../load.ts';
import { reaches } from './open-loop.ts';
import { Rate } from './rate.ts';
import type { Workload } from './workload.ts';

/** Per second. */
const [MESSAGES, BROADCASTS, QUERIES] = [50, 20, 50];

/** Durable direct messages and, beside them, what needs no commit: broadcasts to online users and a read-only command. */
export function slowDisk(clients: number): Workload {
  return async (start, { seconds, warmUp }) => {
    const server = await start();
    const load = new Load(server);
    const [reader, writer] = await load.logIn(clients);
    const counters = { broadcasts: new Counters(), queries: new Counters() };
    const broadcaster = await Client.connect('broadcaster', server.port, line, counters.broadcasts);
    const asker = await Client.connect('asker', server.port, line, counters.queries);
    await Promise.all([broadcaster.logIn(), asker.logIn()]);
    const all = [load.counters, counters.broadcasts, counters.queries];
    const run = async (time: number): Promise<void> => {
      for (const each of all) each.reset();
      const rates = [
        new Rate(MESSAGES, (due) => writer?.sendTimed(line.direct('u0', timedText(100, due)), due)),
        new Rate(BROADCASTS, (due) => broadcaster.sendTimed(line.broadcast('x'.repeat(100)), due)),
        new Rate(QUERIES, (due) => asker.sendTimed(line.query, due)),
      ];
      await after(time * 1000);
      for (const rate of rates) rate.stop();
      await reaches(() => all.every(({ answered }, i) => answered >= (rates[i]?.count ?? 0)));
    };
    await run(warmUp);
    await run(seconds);
    const p99 = ({ answers }: Counters) => answers.percentile(0.99);
    const row = {
      broadcastP99: p99(counters.broadcasts),
      queryP99: p99(counters.queries),
      durableP99: p99(load.counters),
      durableMax: load.counters.answers.max,
    };
    for (const client of [reader, broadcaster, asker]) client?.close();
    load.close();
    await server.stop();
    return row;
  };
}
