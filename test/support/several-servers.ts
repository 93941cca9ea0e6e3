import type { NatsServer } from './nats-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import { type Program, type ProgramConfig, type ProgramOptions, startProgram } from './program.ts';

/** Servers of one chat. `await using` ends them. */
export interface Servers extends AsyncDisposable {
  readonly programs: readonly Program[];
}

export interface ServersOptions {
  /** More of their config. */
  readonly plugins?: ProgramConfig['plugins'];
  readonly limits?: ProgramConfig['limits'];
  /** The ports on which each of them reaches the database and NATS, where a proxy is in between; in the order of the servers. */
  readonly ways?: readonly { readonly database?: number; readonly nats?: number }[];
  /** What is set for each of them, in the same order. */
  readonly env?: readonly ProgramOptions['env'][];
}

/** Starts servers that share a database and NATS, with everyone offline. */
export async function startServers(
  count: number,
  database: PostgresServer,
  nats: NatsServer,
  { plugins = {}, limits = {}, ways = [], env = [] }: ServersOptions = {},
): Promise<Servers> {
  const { now, ...postgres } = database.options();
  const programs: Program[] = [];
  const servers: Servers = {
    programs,
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
    },
  };
  try {
    for (let i = 0; i < count; i++) {
      const { database: through = database.port, nats: port = nats.port } = ways[i] ?? {};
      const shared = {
        sqlite: false,
        postgres: { ...postgres, url: database.url.replace(/:\d+\//, `:${through}/`) },
        nats: { servers: [`nats://127.0.0.1:${port}`] },
      };
      // That NATS can be used is logged.
      const options = { env: { LOG_LEVEL: 'info', ...env[i] } };
      programs.push(await startProgram({ plugins: { ...shared, ...plugins }, limits }, options));
    }
    for (const program of programs) await program.complains(/nats-back/);
  } catch (cause) {
    await servers[Symbol.asyncDispose]();
    throw cause;
  }
  return servers;
}
