import { setTimeout as after } from 'node:timers/promises';
import type { Latencies } from '../clients/counters.ts';
import { timedText } from '../clients/text.ts';
import { Load } from '../load.ts';
import type { Row } from '../report/results.ts';
import { Rate } from './rate.ts';
import type { Workload } from './workload.ts';

interface Shape {
  readonly clients: number;
  /** Messages a second. */
  readonly rate: number;
  readonly bytes: number;
  readonly to: 'one' | 'everyone';
}

/** Messages at a fixed rate: the latency from when each was due. */
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
    const { delivered, lost, sendDelayP99 } = await stream.run(seconds);
    const cpu = server.cpu() - cpuBefore;
    const { deliveries } = load.counters;
    const row = { ...latencyRow(deliveries), cpuPerDelivery: cpu / delivered, lost, sendDelayP99 };
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

interface Streamed {
  readonly delivered: number;
  readonly lost: number;
  /** How late the load itself was, in milliseconds. */
  readonly sendDelayP99: number;
}

/** Messages at a fixed rate, from each client in turn. */
export class Stream {
  readonly #load: Load;
  readonly #shape: Omit<Shape, 'clients'>;

  constructor(load: Load, shape: Omit<Shape, 'clients'>) {
    this.#load = load;
    this.#shape = shape;
  }

  /** Resets the counters and sends for some seconds, or until a promise settles. Resolves once all is delivered. */
  async run(until: number | Promise<unknown>): Promise<Streamed> {
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
    const sendDelayP99 = sending.delays.percentile(0.99);
    return { delivered: counters.delivered, lost: expected - counters.delivered, sendDelayP99 };
  }
}

/** Default time limit of `reaches`, in milliseconds. */
const PATIENCE = 10_000;

/** Polls until a condition holds. @returns whether it does */
export async function reaches(isReached: () => boolean, patience = PATIENCE): Promise<boolean> {
  for (const end = performance.now() + patience; performance.now() < end; await after(5)) if (isReached()) return true;
  return isReached();
}
