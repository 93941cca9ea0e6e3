import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that the system gives to connections and to listeners that ask for any. */
const PORTS = { first: 20_000, count: 12_000 };

/**
 * A free port for a server that must come back on it: the system gives it to nobody else meanwhile. Another test may pick
 * the same one at the same moment, so a server that cannot have it tries another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    const listening = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(port, '127.0.0.1');
    if (!(await listening)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
