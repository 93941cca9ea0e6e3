import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** When to cut a connection at its next COMMIT: before the server gets it, or before the client gets the answer. */
export type Cut = 'before' | 'after';

/** A proxy to PostgreSQL that cuts connections at a COMMIT. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts the connection of the next commit. @returns once that is done */
  cut(when: Cut): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a proxy to a port of this machine. */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  let next: { readonly when: Cut; done(): void } | undefined;
  const sockets = new Set<Socket>();

  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    let isCut = false;
    const cut = (done: () => void) => {
      client.destroy();
      server.destroy();
      done();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (next === undefined || !chunk.includes('COMMIT\0')) return void server.write(chunk);
      const { when, done } = next;
      next = undefined;
      if (when === 'before') return cut(done);
      isCut = true;
      server.once('data', () => cut(done));
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (!isCut) client.write(chunk);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as AddressInfo).port,
    cut: (when) =>
      new Promise((resolve) => {
        next = { when, done: resolve };
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
