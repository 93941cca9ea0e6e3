import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import type { ProgramConfig } from './program.ts';
import { Reachable } from './reachable.ts';
import { RunningClock } from './running-clock.ts';

/** The standard set where it listens on ports, as a program does. */
const LISTENING = {
  tcp: { host: '127.0.0.1', port: 0 },
  http: { port: 0 },
  websocket: true,
  page: true,
  admin: true,
  history: true,
};

/** A server in this process for programs such as browsers and terminals: it starts in a twentieth of a program's time. */
export class ListeningServer extends Reachable {
  /** What it is inside. */
  readonly inside: TestServer;

  constructor(server: TestServer) {
    super();
    this.inside = server;
    const [, host = '', port] = server.listening.get('tcp')?.match(/^(.+):(\d+)$/) ?? [];
    this.host = host;
    this.port = Number(port);
  }

  /** Where a transport listens. */
  where(transport: string): string {
    return this.inside.listening.get(transport) ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closesClients();
    await this.inside[Symbol.asyncDispose]();
  }
}

/** Starts one, with a store in memory and the machine's clock. `await using` ends it. @param config laid over the standard set */
export async function startListening({ plugins = {}, limits = {} }: ProgramConfig = {}): Promise<ListeningServer> {
  const set = { ...LISTENING, ...plugins } as TestPlugins;
  return new ListeningServer(await startServer(set, { eventLoopStall: 30_000, ...limits }, new RunningClock()));
}
