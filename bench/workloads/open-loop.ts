import { setTimeout as after } from 'node:timers/promises';
import type { Latencies } from '../clients/counters.ts';
import { timedText } from '../clients/text.ts';
import { Load } from '../load.ts';
import { Rate } from './rate.ts';
import type { Row, Workload } from './workload.ts';

interface Shape {
  readonly clients: number;
  /** Messages a second, whatever the server does. */
  readonly rate: number;
  readonly bytes: number;
  readonly to: 'one' | 'everyone';
}

/** Messages at a fixed rate: how late they arrive after they were to be sent. */
export function openLoop(shape: Shape): Workload {
  return async (start, { seconds, warmUp }) => {
    const server = await start();
    const load = new Load(server);
    await load.logIn(shape.clients);
    if (shape.to === 'everyone') await load.join();
    const stream = new Stream(load, shape);
    await stream.run(warmUp);
    await server.probe();
    const cpuBefore = server.cpu();
    const { delivered, lost } = await stream.run(seconds);
    const cpu = server.cpu() - cpuBefore;
    const { deliveries } = load.counters;
    const row = { ...latencyRow(deliveries), cpuPerDelivery: cpu / delivered, lost };
    const readings = await server.probe();
    load.close();
    await server.stop();
    return { ...row, loopDelayP99: readings?.delayP99 ?? Number.NaN };
  };
}

function latencyRow(latencies: Latencies): Row {
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => latencies.percentile(part)) as [number, number, number];
  return { p50, p99, p999, max: latencies.max };
}

/** Messages between the clients of a load, each one the sender in turn. */
export class Stream {
  readonly #load: Load;
  readonly #shape: Omit<Shape, 'clients'>;

  constructor(load: Load, shape: Omit<Shape, 'clients'>) {
    this.#load = load;
    this.#shape = shape;
  }

  /** Sends for so many seconds, or until something is done. The counters are of that time alone. */
  async run(until: number | Promise<unknown>): Promise<{ readonly delivered: number; readonly lost: number }> {
    const { clients, counters, protocol } = this.#load;
    const { rate, bytes, to } = this.#shape;
    counters.reset();
    const sending = new Rate(rate, (due, count) => {
      const text = timedText(bytes, due);
      const line =
        to === 'one'
          ? protocol.direct(clients[(count + 1) % clients.length]?.name ?? '', text)
          : protocol.broadcast(text);
      clients[count % clients.length]?.sendTimed(line, due);
    });
    await (typeof until === 'number' ? after(until * 1000) : until);
    sending.stop();
    const expected = sending.count * (to === 'one' ? 1 : clients.length - 1);
    await reaches(() => counters.delivered >= expected);
    return { delivered: counters.delivered, lost: expected - counters.delivered };
  }
}

/** How long what was sent may still be under way, in milliseconds. */
const PATIENCE = 10_000;

/** Awaits something that is seen soon after it has come about. @returns whether it has */
export async function reaches(isReached: () => boolean, patience = PATIENCE): Promise<boolean> {
  for (const end = performance.now() + patience; performance.now() < end; await after(5)) if (isReached()) return true;
  return isReached();
}
