import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP balancer in front of servers on this machine. */
export interface Balancer {
  readonly port: number;
  /** Passes new connections on to these ports in turn. Connections that are open stay where they are. */
  serves(...ports: readonly number[]): void;
  /** Breaks every other connection, without a goodbye. */
  breaksHalf(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a balancer, which refuses connections until it is told what it serves. */
export async function startBalancer(): Promise<Balancer> {
  let serving: readonly number[] = [];
  let turn = 0;
  const pairs = new Set<readonly [Socket, Socket]>();

  const listener = createServer((client) => {
    const port = serving[turn++ % serving.length];
    if (port === undefined) return void client.destroy();
    const server = connect(port, '127.0.0.1');
    const pair = [client, server] as const;
    pairs.add(pair);
    for (const socket of pair) socket.on('error', () => {});
    client.pipe(server);
    server.pipe(client);
    client.on('close', () => {
      pairs.delete(pair);
      server.destroy();
    });
    server.on('close', () => {
      // What it sent before still arrives; what the client sends now is lost.
      client.end();
      client.resume();
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const breaks = (some: readonly (readonly [Socket, Socket])[]) => {
    for (const socket of some.flat()) socket.destroy();
  };

  return {
    port: (listener.address() as AddressInfo).port,
    serves(...ports) {
      serving = ports;
    },
    breaksHalf: () => breaks([...pairs].filter((_, i) => i % 2 === 0)),
    async [Symbol.asyncDispose]() {
      breaks([...pairs]);
      listener.close();
      await once(listener, 'close');
    },
  };
}
