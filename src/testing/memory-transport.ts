import { type Duplex, duplexPair } from 'node:stream';

/** The two ends of a connection in memory, which close like a socket's. */
export function connectedPair(): { server: Duplex; client: Duplex } {
  const [server, client] = duplexPair();
  // Like a socket without allowHalfOpen, an end closes when the other one has.
  client.once('end', () => client.end());
  // A pair does not close one end when the other is destroyed.
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
  return { server, client };
}
