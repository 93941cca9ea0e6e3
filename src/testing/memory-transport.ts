import { type Duplex, duplexPair } from 'node:stream';

/** Two ends of a connection in memory that close as those of a socket do. */
export function connectedPair(): { server: Duplex; client: Duplex } {
  const [server, client] = duplexPair();
  // Who is told that the other has ended ends too, as a socket without allowHalfOpen does.
  client.once('end', () => client.end());
  // A pair does not notice by itself that one end is gone.
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
  return { server, client };
}
