import type { AddressInfo, ListenOptions, Server } from 'node:net';
import type { Logger } from '../kernel/logger.ts';
import { messageOf } from '../plugin/mistakes.ts';
import { isHandedOver, takeOver } from './handed-over.ts';

/**
 * Has a listener of Node's listen, if it does not yet: one that a plugin has kept over a reload does.
 * What goes wrong with it later goes to the log.
 * @param name the plugin's: a socket that the service manager handed over under that name is taken instead of `where`
 * @returns whether it has begun just now
 * @throws what keeps it from listening: a port that is taken, say
 */
export async function listen(listener: Server, where: ListenOptions, logger: Logger, name?: string): Promise<boolean> {
  if (listener.listening) return false;
  const handed = name !== undefined && isHandedOver(name) ? takeOver(name) : undefined;
  try {
    await begin(listener, handed ?? where);
  } catch (cause) {
    if (handed === undefined) throw cause;
    throw new Error(
      `what the service manager handed over as '${name}' cannot be listened on (${messageOf(cause)}): it must be a listening socket (ListenStream=, Accept=no)`,
      { cause },
    );
  }
  listener.on('error', (err) => logger.error({ event: 'listener-error', err }, 'a listener failed'));
  return true;
}

/** Resolves when it listens. @throws what keeps it from that */
async function begin(listener: Server, where: ListenOptions | { readonly fd: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  listener.once('error', reject);
  listener.listen(where, resolve);
  await promise;
  listener.off('error', reject);
}

/** Where a listener listens, for the operator: `host:port`, or a path. */
export function placeOf(listener: Server): string {
  const place = listener.address() as AddressInfo | string;
  if (typeof place === 'string') return place;
  return `${place.family === 'IPv6' ? `[${place.address}]` : place.address}:${place.port}`;
}
