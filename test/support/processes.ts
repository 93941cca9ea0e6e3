import type { LineClient } from 'chatserv/testing';
import { freePort } from './free-port.ts';
import type { NatsServer } from './nats-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import { type Program, type ProgramConfig, type ProgramOptions, startProgram } from './program.ts';

/**
 * The config of a server that shares a database and NATS, on a port over which the system spreads connections evenly.
 * @param plugins more of them
 */
export async function processesConfig(
  database: PostgresServer,
  nats: NatsServer,
  plugins: ProgramConfig['plugins'] = {},
): Promise<ProgramConfig> {
  const { now, ...postgres } = database.options();
  const tcp = { port: await freePort() };
  return { plugins: { sqlite: false, postgres, nats: { servers: [nats.url] }, tcp, ...plugins } };
}

/** Starts a server of two processes. The log says which did what. */
export function startProcesses(config: ProgramConfig, options: ProgramOptions = {}): Promise<Program> {
  return startProgram(config, { processes: 2, ...options, env: { LOG_LEVEL: 'info', ...options.env } });
}

/** The id of the latest process of a number. */
export async function pidOf(program: Program, number: number): Promise<number> {
  await program.complains(new RegExp(`"event":"process","process":${number},`));
  const lines = [...program.stderr.matchAll(/"event":"process","process":(\d+),"pid":(\d+)/g)];
  return Number(lines.findLast(([, of]) => Number(of) === number)?.[2]);
}

/** How many sessions each process has. */
export async function sessionsOf(program: Program): Promise<number[] | undefined> {
  const { processes } = (await program.facts()) as { readonly processes?: readonly { readonly sessions: number }[] };
  return processes?.map(({ sessions }) => sessions);
}

let made = 0;

/** Registers and logs in users who are new until each process has one. @returns one of each process, by its number */
export async function joinEach(program: Program, count = 2): Promise<Map<number, LineClient>> {
  const joined = new Map<number, LineClient>();
  while (joined.size < count) {
    const name = `user-${++made}`;
    const client = await program.joins(name);
    const [, process] = await program.complains(new RegExp(`"process":(\\d+),"event":"login",.*"account":"${name}"`));
    const number = Number(process);
    if (joined.has(number)) await client.closes();
    else joined.set(number, client);
  }
  return joined;
}
