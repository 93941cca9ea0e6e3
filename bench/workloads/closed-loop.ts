import { setTimeout as after } from 'node:timers/promises';
import type { Protocol } from '../clients/protocol.ts';
import { text } from '../clients/text.ts';
import { Load } from '../load.ts';
import type { Server } from '../servers/server.ts';
import { isBare, keeps } from '../servers/variant.ts';
import type { Workload } from './workload.ts';

export interface Shape {
  readonly clients: number;
  readonly senders: number;
  /** Messages per sender. */
  readonly inFlight: number;
  /** Text per message. */
  readonly bytes: number;
  /** Ten clients of each sender's own in turn, clients in turn whoever wrote to them last, or all. */
  readonly to: 'friends' | 'strangers' | 'everyone';
  /** The room that all join, and broadcasts go to, where the server has rooms. */
  readonly room?: string;
  /** The server's default if undefined. */
  readonly protocol?: Protocol;
}

/** A hundred senders among a thousand, eight in flight each: 800 in all. */
export const DIRECT = { clients: 1000, senders: 100, inFlight: 8, bytes: 100, to: 'friends' } as const;

export const BROADCAST = { senders: 10, inFlight: 8, bytes: 100, to: 'everyone' } as const;

/** Senders keep messages in flight: what a message costs, and how many a second are possible. */
export function closedLoop(shape: Shape): Workload {
  return async (start, { seconds, warmUp }) => {
    const server = await start();
    const load = await begin(server, shape);
    const { counters, clients } = load;
    const [before, writtenBefore, rowsBefore] = [await server.probe(), server.written(), rowsOf(server)];
    const senders = clients.slice(0, shape.senders);
    const room = roomOn(server, shape);
    for (const [i, sender] of senders.entries()) sender.start(shape.inFlight, linesOf(load, shape, i, room));
    await after(warmUp * 1000);
    await server.probe();
    const answeredBefore = counters.answered;
    counters.reset();
    const [began, cpuBefore] = [performance.now(), server.cpu()];
    await after(seconds * 1000);
    const took = (performance.now() - began) / 1000;
    const [cpu, { delivered, answered, deliveries }] = [server.cpu() - cpuBefore, { ...counters }];
    const { delayP99 = Number.NaN } = (await server.probe()) ?? {};
    await Promise.all(senders.map((sender) => sender.stop()));
    const all = counters.answered + answeredBefore;
    const [end, rows] = [await server.probe(), rowsOf(server) - rowsBefore];
    load.close();
    const written = (await server.stop()) - writtenBefore;
    const made = (count: 'promises' | 'clones' | 'writes' | 'fsyncs') =>
      (end?.[count] ?? Number.NaN) - (before?.[count] ?? 0);
    return {
      cpuPerMessage: cpu / answered,
      cpuPerDelivery: cpu / delivered,
      sentPerSecond: answered / took,
      deliveriesPerSecond: delivered / took,
      p50: deliveries.percentile(0.5),
      p99: deliveries.percentile(0.99),
      loopDelayP99: delayP99,
      promisesPerMessage: made('promises') / all,
      clonesPerMessage: made('clones') / all,
      writesPerMessage: made('writes') / all,
      fsyncsPerMessage: made('fsyncs') / all,
      rowsPerMessage: rows / all,
      bytesPerMessage: written / all,
    };
  };
}

async function begin(server: Server, shape: Shape): Promise<Load> {
  const { clients, to, protocol } = shape;
  const load = new Load(server, protocol);
  await load.logIn(clients);
  if (to === 'everyone') await load.join(roomOn(server, shape));
  // One receipt answers a broadcast.
  load.creditBy(to === 'everyone' ? load.clients.slice(-1) : load.clients);
  // Of the login and the joins.
  load.counters.reset();
  return load;
}

const roomOn = ({ variant }: Server, { room }: Shape) => (isBare(variant) ? undefined : room);

/** How many friends a sender has. */
const FRIENDS = 10;

/** Makes the lines of one sender. */
export function linesOf(
  { protocol }: Load,
  { clients, to, bytes }: Shape,
  sender: number,
  room: string | undefined,
): (count: number) => string {
  if (room !== undefined) return (count) => protocol.direct(room, text(bytes, count));
  if (to === 'everyone') return (count) => protocol.broadcast(text(bytes, count));
  const recipient =
    to === 'friends'
      ? (count: number) => sender * FRIENDS + 1 + (count % Math.min(FRIENDS, clients - 1))
      : (count: number) => sender + (count + 1) * 7919;
  return (count) => protocol.direct(`u${recipient(count) % clients}`, text(bytes, count));
}

function rowsOf(server: Server): number {
  return keeps(server.variant) ? server.rows() : Number.NaN;
}
