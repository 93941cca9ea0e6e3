/** Coming back to many rooms with many messages. */
import { Client } from '../clients/client.ts';
import { Counters } from '../clients/counters.ts';
import type { Protocol } from '../clients/protocol.ts';
import { reaches } from './open-loop.ts';
import type { Workload } from './workload.ts';

/** How long nothing may arrive before everything has, in milliseconds. */
const QUIET = 300;

/** A member who was away logs in, then reads pages of history. @param history the command that reads one */
export function busyRooms(protocol: Protocol, history: (room: string) => string): Workload {
  return async (start, { scale }) => {
    const server = await start();
    const counters = new Counters();
    await server.probe();
    const cpuBefore = server.cpu();
    const began = performance.now();
    const late = await Client.connect('late', server.port, protocol, counters);
    await late.logIn();
    let [last, since] = [-1, performance.now()];
    await reaches(() => {
      if (counters.delivered !== last) [last, since] = [counters.delivered, performance.now()];
      return performance.now() - since > QUIET;
    }, 60_000);
    const [tookMs, cpuPerLogin] = [since - began, server.cpu() - cpuBefore];
    const times: number[] = [];
    for (let i = 0; i < Math.ceil(100 * scale); i++) {
      const asked = performance.now();
      await late.ask(history(`#room${i}`));
      times.push(performance.now() - asked);
    }
    late.close();
    await server.stop();
    times.sort((a, b) => a - b);
    return { cpuPerLogin, tookMs, p50: times[times.length >> 1] ?? Number.NaN, max: times.at(-1) ?? Number.NaN };
  };
}
