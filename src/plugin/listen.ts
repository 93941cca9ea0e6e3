import type { ListenOptions, Server } from 'node:net';
import type { Logger } from '../kernel/logger.ts';

/**
 * Has a listener of Node's listen, if it does not yet: one that a plugin has kept over a reload does.
 * What goes wrong with it later goes to the log.
 * @returns whether it has begun just now
 * @throws what keeps it from listening: a port that is taken, say
 */
export async function listen(listener: Server, where: ListenOptions, logger: Logger): Promise<boolean> {
  if (listener.listening) return false;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  listener.once('error', reject);
  listener.listen(where, resolve);
  await promise;
  listener
    .off('error', reject)
    .on('error', (err) => logger.error({ event: 'listener-error', err }, 'a listener failed'));
  return true;
}
