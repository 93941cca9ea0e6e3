import type { NatsServer } from './nats.ts';
import type { PostgresServer } from './postgres.ts';
import { type Program, type ProgramConfig, startProgram } from './program.ts';

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
  const { now, ...postgres } = database.options();
  const config = { plugins: { sqlite: false, postgres, nats: { servers: [nats.url] }, ...plugins }, limits };
  // That NATS can be used is logged.
  const options = { env: { LOG_LEVEL: 'info' } };
  const first = await startProgram(config, options);
  const second = await startProgram(config, options);
  for (const program of [first, second]) await program.complains(/nats-back/);
  return {
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
    },
  };
}
