import type { NatsServer } from './nats-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Program, ProgramConfig } from './program.ts';
import { startServers } from './several-servers.ts';

/** Two servers of one chat. `await using` ends them. */
export interface TwoServers extends AsyncDisposable {
  readonly first: Program;
  readonly second: Program;
}

/** Starts two servers that share a database and NATS, with everyone offline. @param plugins @param limits more of the config */
export async function startTwo(
  database: PostgresServer,
  nats: NatsServer,
  plugins: ProgramConfig['plugins'] = {},
  limits: ProgramConfig['limits'] = {},
): Promise<TwoServers> {
  const servers = await startServers(2, database, nats, { plugins, limits });
  const [first, second] = servers.programs as [Program, Program];
  return { first, second, [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose]() };
}
