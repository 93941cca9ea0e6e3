import { afterAll, beforeAll } from 'vitest';
import { PostgresServer } from './postgres-server.ts';

/** Starts a server before the tests of a file, and stops it after them. Call it where `POSTGRES` is there. */
export function usePostgres(settings: Readonly<Record<string, string>> = {}): PostgresServer {
  // A skipped test file calls this too, where there may be neither the programs nor their user.
  const server = new PostgresServer(settings);
  beforeAll(() => server.create(), 60_000);
  afterAll(() => server.remove());
  return server;
}
