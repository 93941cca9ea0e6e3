/** Several servers of one chat, with the PostgreSQL and the NATS server that they share. */
import { rmSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { NatsServer } from '../../test/support/nats-server.ts';
import { PostgresServer } from '../../test/support/postgres-server.ts';
import { line } from '../clients/line.ts';
import type { Target } from '../load.ts';
import type { Setup } from '../scenario.ts';
import { freePort } from '../servers/ports.ts';
import { cpuOf, cpuWithChildren, memoryOf } from '../servers/process.ts';
import { Server } from '../servers/server.ts';
import type { Variant } from '../servers/variant.ts';
import { type Counts, countsOf } from './counts.ts';

const DATABASE = 'chat';

/** The statements are counted. Otherwise it is what Debian installs, on whose settings the figures depend. */
const SETTINGS = {
  fsync: 'on',
  max_connections: '200',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
};

/** How long the servers may take to find NATS, in milliseconds. */
const PATIENCE = 15_000;

/** What must not outlive a run that fails. */
const running = new Set<Cluster>();
process.once('exit', () => {
  for (const cluster of running) cluster.abandon();
});

/** Goes through the ports of servers, which may become fewer. */
function inTurn(servers: readonly Server[]): () => number {
  let turn = 0;
  return () => servers[turn++ % servers.length]?.port ?? 0;
}

export class Cluster implements Target {
  readonly protocol = line;
  readonly loginsAtOnce = 50;
  readonly servers: Server[] = [];
  readonly #postgres = new PostgresServer(SETTINGS);
  readonly #nats: NatsServer;
  readonly #monitor: string;
  readonly #nextPort = inTurn(this.servers);

  private constructor(monitorPort: number) {
    this.#nats = new NatsServer(['--http_port', String(monitorPort)]);
    this.#monitor = `http://127.0.0.1:${monitorPort}`;
  }

  /** Starts everything. @param more laid over the variant of each server @returns once all servers know of each other */
  static async start(count: number, { places, cores }: Setup, more: Partial<Variant> = {}): Promise<Cluster> {
    const cluster = new Cluster(await freePort());
    running.add(cluster);
    await cluster.#nats.start();
    await cluster.#postgres.create();
    await cluster.#postgres.query(`CREATE DATABASE ${DATABASE}`);
    await cluster.#postgres.query('CREATE EXTENSION pg_stat_statements');
    const plugins = { ...cluster.#shared(), ...more.plugins };
    // One after the other: the first one makes the tables and the rooms.
    for (let i = 0; i < count; i++) {
      cluster.servers.push(await Server.start({ kind: 'postgres', ...more, plugins }, places, cores));
    }
    await cluster.#follows(count);
    return cluster;
  }

  get port(): number {
    return this.#nextPort();
  }

  /** Some of the servers, for clients that connect to no others. */
  to(servers: readonly Server[]): Target {
    const nextPort = inTurn(servers);
    const { protocol, loginsAtOnce } = this;
    return {
      protocol,
      loginsAtOnce,
      get port() {
        return nextPort();
      },
    };
  }

  get url(): string {
    return this.#postgres.url.replace(/postgres$/, DATABASE);
  }

  /** What the parts have done so far. */
  async counts(): Promise<Counts> {
    const [postgres, nats] = [this.#postgres.pid ?? 0, this.#nats.pid ?? 0];
    return {
      ...(await countsOf(this.#postgres, DATABASE, this.#monitor)),
      cpu: this.servers.reduce((sum, server) => sum + server.cpu(), 0),
      postgresCpu: cpuWithChildren(postgres),
      natsCpu: cpuOf(nats),
    };
  }

  /** The resident memory of NATS, in KB. */
  natsMemory(): number {
    return memoryOf(this.#nats.pid ?? 0);
  }

  /** Kills a server: clients that come back get another one. */
  async kill(server: Server): Promise<void> {
    this.servers.splice(this.servers.indexOf(server), 1);
    await server.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.#postgres.remove();
    await this.#nats.remove();
    running.delete(this);
  }

  /** Kills what this process has started, at its exit. */
  abandon(): void {
    for (const pid of [this.#postgres.pid, this.#nats.pid]) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(this.#postgres.folder, { recursive: true, force: true });
  }

  #shared(): Variant['plugins'] {
    return {
      postgres: { url: this.url },
      nats: { servers: [this.#nats.url] },
      // Each server would build its own, of all messages.
      search: false,
    };
  }

  /** Waits until so many servers follow the bucket. */
  async #follows(count: number): Promise<void> {
    for (const end = performance.now() + PATIENCE; performance.now() < end; await after(20)) {
      const response = await fetch(`${this.#monitor}/jsz`);
      if (((await response.json()) as { consumers: number }).consumers >= count) return;
    }
    throw new Error('not all servers have connected to NATS');
  }
}
