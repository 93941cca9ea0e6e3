import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** When to break a connection at its next COMMIT: before the server gets it, within it, or before the client gets the answer. */
export type Cut = 'before' | 'within' | 'after';

/** How a connection breaks: with an end, or with a reset. */
export type Break = 'end' | 'reset';

/** From how many bytes at once an answer is long: it does not fit into what one read of a socket takes. */
const LONG = 65_536;

/** A connection through the proxy. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Breaks in the middle of what passes next. */
  breaking: Break | undefined;
  /** Breaks instead of answering. */
  unanswered: (() => void) | undefined;
  /** Nothing passes any more, and neither side learns of the other's end. */
  isLost: boolean;
}

/** A proxy to a server such as PostgreSQL or NATS, on a network that fails. */
export interface FaultyProxy {
  readonly port: number;
  /** Breaks the connection of the next commit. @returns once that is done */
  cut(when: Cut, how?: Break): Promise<void>;
  /** Breaks every connection in the middle of what passes next, in either direction. */
  breaks(how: Break): void;
  /** Lets nothing pass, on new connections too, until `flows`: either way, or only to the client. */
  stalls(way?: 'both' | 'to-client'): void;
  /** Loses a connection in the middle of its next long answer, as `loses` does. @returns once that is done */
  losesWithinAnswer(): Promise<void>;
  /** Lets everything pass, with what was held up. */
  flows(): void;
  /** Loses all connections as a machine without power does: nobody is told. New ones work. */
  loses(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a proxy to a port of this machine. */
export async function startFaultyProxy(port: number): Promise<FaultyProxy> {
  let next: { readonly when: Cut; readonly how: Break; done(): void } | undefined;
  let stalled: 'both' | 'to-client' | undefined;
  let losesNext: (() => void) | undefined;
  const pairs = new Set<Pair>();

  const proxy = createServer({ allowHalfOpen: false }, (client) => {
    const server = connect(port, '127.0.0.1');
    const pair: Pair = { client, server, breaking: undefined, unanswered: undefined, isLost: false };
    pairs.add(pair);
    hold(pair, stalled);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        if (!pair.isLost) other.destroy();
        if (client.destroyed && server.destroyed) pairs.delete(pair);
      });
    }
    client.on('data', (chunk) => {
      if (next === undefined || !chunk.includes('COMMIT\0')) return pass(pair, chunk, server);
      const { when, how, done } = next;
      next = undefined;
      const end = () => {
        breakOff(pair, how);
        done();
      };
      if (when === 'before') return end();
      if (when === 'within') return void server.write(half(chunk), end);
      pair.unanswered = end;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (chunk.length >= LONG && losesNext !== undefined) {
        pair.isLost = true;
        hold(pair, 'both');
        losesNext();
        losesNext = undefined;
        return;
      }
      if (pair.unanswered === undefined) pass(pair, chunk, client);
      else pair.unanswered();
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as AddressInfo).port,
    cut: (when, how = 'end') =>
      new Promise((resolve) => {
        next = { when, how, done: resolve };
      }),
    breaks(how) {
      for (const pair of pairs) pair.breaking = how;
    },
    stalls(way = 'both') {
      stalled = way;
      for (const pair of pairs) hold(pair, way);
    },
    losesWithinAnswer: () =>
      new Promise((resolve) => {
        losesNext = resolve;
      }),
    flows() {
      stalled = undefined;
      for (const pair of pairs) if (!pair.isLost) hold(pair, undefined);
    },
    loses() {
      for (const pair of pairs) {
        pair.isLost = true;
        hold(pair, 'both');
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) breakOff(pair, 'end');
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** Passes on what arrived, or the first half of it if the connection is to break. */
function pass(pair: Pair, chunk: Buffer, to: Socket): void {
  const { breaking } = pair;
  if (breaking === undefined) {
    // What the other side does not take stays in the system's buffers of this one, as without a proxy.
    const from = to === pair.server ? pair.client : pair.server;
    if (to.write(chunk) || from.isPaused()) return;
    from.pause();
    to.once('drain', () => from.resume());
    return;
  }
  to.write(half(chunk), () => breakOff(pair, breaking));
}

function half(chunk: Buffer): Buffer {
  return chunk.subarray(0, chunk.length >> 1);
}

function hold({ client, server }: Pair, way: 'both' | 'to-client' | undefined): void {
  if (way === undefined) server.resume();
  else server.pause();
  if (way === 'both') client.pause();
  else client.resume();
}

function breakOff({ client, server }: Pair, how: Break): void {
  for (const socket of [client, server]) {
    if (how === 'reset') socket.resetAndDestroy();
    else socket.destroy();
  }
}
