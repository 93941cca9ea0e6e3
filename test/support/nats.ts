import { afterAll, beforeAll } from 'vitest';
import { NatsServer } from './nats-server.ts';

/** Starts a server with JetStream before the tests of a file, and stops it after them. Call it where `NATS` is there. */
export function useNats(): NatsServer {
  const server = new NatsServer();
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  return server;
}
