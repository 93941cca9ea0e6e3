/** The latency of a chat during something expensive. */
import { setTimeout as after } from 'node:timers/promises';
import { Client } from '../clients/client.ts';
import { Counters } from '../clients/counters.ts';
import { line } from '../clients/line.ts';
import { Load } from '../load.ts';
import type { Row } from '../report/results.ts';
import type { Server } from '../servers/server.ts';
import { reaches, Stream } from './open-loop.ts';
import type { Effort, Workload } from './workload.ts';

/** Direct messages. */
const CHAT = { rate: 200, bytes: 100, to: 'one' } as const;

/** Measures the chat alone, then beside the event. */
async function beside(load: Load, { seconds, warmUp }: Effort, event: () => Promise<unknown>): Promise<Row> {
  const stream = new Stream(load, CHAT);
  await stream.run(warmUp);
  await stream.run(seconds);
  const quiet = load.counters.deliveries.percentile(0.99);
  const began = performance.now();
  const happening = event().then(() => performance.now() - began);
  const { sendDelayP99 } = await stream.run(happening);
  const { deliveries } = load.counters;
  const p99 = deliveries.percentile(0.99);
  return {
    p99BesideQuiet: p99 / quiet,
    quietP99: quiet,
    p99,
    max: deliveries.max,
    sendDelayP99,
    tookMs: await happening,
  };
}

/** A user with many queued messages logs in. */
export function backlogLogin(others: number, messages: number): Workload {
  return async (start, effort) => {
    const server = await start();
    const waiting = Math.ceil(messages * effort.scale);
    await fill(server, waiting);
    const load = new Load(server);
    await load.logIn(others);
    const counters = new Counters();
    const row = await beside(load, effort, async () => {
      const late = await Client.connect('late', server.port, line, counters);
      await late.logIn();
      const all = await reaches(() => counters.delivered >= waiting, 60_000);
      late.close();
      if (!all) throw new Error(`of ${waiting} messages ${counters.delivered} came`);
    });
    load.close();
    await server.stop();
    return row;
  };
}

/** Queues broadcasts for `late`, who is offline. */
async function fill(server: Server, messages: number): Promise<void> {
  const counters = new Counters();
  const [late, sender] = await Promise.all(
    ['late', 'sender'].map((name) => Client.connect(name, server.port, line, counters)),
  );
  await late?.logIn();
  late?.close();
  await sender?.logIn();
  // Until the server notices the disconnect, it would deliver them.
  await after(100);
  sender?.start(100, () => line.broadcast('x'.repeat(100)));
  await reaches(() => counters.answered >= messages - 100, 120_000);
  await sender?.stop();
  sender?.close();
}

export function reloadUnderLoad(sessions: number): Workload {
  return async (start, effort) => {
    const server = await start();
    const load = new Load(server);
    await load.logIn(Math.ceil(sessions * effort.scale));
    const row = await beside(load, effort, () => reloads(server, effort));
    load.close();
    await server.stop();
    return row;
  };
}

/** Reloads four times in the measured time, adding and removing a plugin. */
export async function reloads(server: Server, { seconds }: Effort): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await server.reload({ ...server.variant, idlePlugins: 1 - (i % 2) });
    await after((seconds * 1000) / 4);
  }
}
