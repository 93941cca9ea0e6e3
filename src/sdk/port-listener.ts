import type { Socket } from 'node:net';
import { z } from 'zod';
import { plainAddress } from '../addresses/address.ts';
import { addressList, inAddressList } from '../addresses/address-list.ts';
import { PROBE_TIME, probe, probeOptions } from './dead-peers.ts';
import { HOSTS, isHost } from './host-name.ts';
import { type Listener, type ListenerContext, listener } from './listener.ts';
import { readProxyHeader } from './proxied.ts';

/** The options of a plugin that listens on a TCP port, to spread into its schema. @param port its default port */
export function portOptions(port: number) {
  return {
    host: z
      .string()
      .min(1, { error: HOSTS, abort: true })
      .refine(isHost, HOSTS)
      .default('127.0.0.1')
      .describe('The address to listen on; 0.0.0.0 or :: for all'),
    port: z.int().min(0).max(65535).default(port).describe('The port; 0 picks a free one'),
    proxies: addressList
      .default([])
      .describe('Proxies, as addresses and networks: each connection from there must begin with a PROXY header'),
    ...probeOptions,
  };
}

/** The values of `portOptions`. */
export interface PortOptions {
  readonly host: string;
  readonly port: number;
  readonly proxies: readonly string[];
  readonly probeTime?: number;
}

/**
 * Makes a plugin listen on a TCP port: `setup: (context) => portListener(context, 'tcp', ...)`. The port stays open over a
 * reload that does not change host and port. A socket that a service manager handed over under the plugin's name is used
 * instead. Only connections from the proxies of the options may, and must, begin with a PROXY header.
 * @param name the plugin's name
 * @param accept called with each connection, half-open when the client ends its side, and the client's IP address
 */
export function portListener(
  context: ListenerContext & { readonly options: PortOptions },
  name: string,
  accept: (socket: Socket, address: string) => void,
): Listener {
  const { clock, logger, options } = context;
  const { host, port, probeTime = PROBE_TIME } = options;
  const isProxy = inAddressList(options.proxies);
  /** Connections whose header has not arrived. */
  const waiting = new Set<Socket>();

  async function acceptProxied(socket: Socket, proxy: string): Promise<void> {
    waiting.add(socket);
    // The close that follows an error is enough.
    socket.on('error', () => {});
    try {
      const header = await readProxyHeader(socket, clock);
      if (header === undefined || socket.readableEnded || socket.destroyed) socket.destroy();
      else accept(socket, header.address ?? proxy);
    } catch (cause) {
      socket.destroy();
      if (!stopped)
        logger.warn(
          { event: 'proxy-refused', address: proxy, transport: name },
          `a proxy was cut off: ${(cause as Error).message}`,
        );
    } finally {
      waiting.delete(socket);
    }
  }

  let stopped = false;
  const open = listener(
    context,
    { name, place: `${host} ${port}`, open: (begin) => begin({ host, port }) },
    (socket) => {
      const { remoteAddress } = socket;
      // Closed already, such as by a proxy's health check.
      if (remoteAddress === undefined) return void socket.destroy();
      probe(socket, probeTime);
      const address = plainAddress(remoteAddress);
      if (isProxy(address)) void acceptProxied(socket, address);
      else accept(socket, address);
    },
  );
  return {
    start: open.start,
    stop() {
      stopped = true;
      for (const socket of waiting) socket.destroy();
      return open.stop();
    },
  };
}
