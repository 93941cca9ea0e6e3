import { type Balancer, startBalancer } from '../support/balancer.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { NatsServer } from '../support/nats-server.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import type { Program, ProgramConfig } from '../support/program.ts';
import { startServers } from '../support/several-servers.ts';

/** One chatserv of several, and its ways to the others. */
export interface Member {
  readonly name: string;
  readonly program: Program;
  readonly toDatabase: FaultyProxy;
  readonly toNats: FaultyProxy;
}

/** Servers of one chat behind a balancer, with PostgreSQL and NATS, each of them behind a proxy of its own. */
export interface Cluster extends AsyncDisposable {
  readonly database: PostgresServer;
  readonly nats: NatsServer;
  readonly members: readonly Member[];
  readonly balancer: Balancer;
  /** Has the balancer serve those that run, but not this one. */
  serves(except?: Member): void;
}

export async function startCluster(
  count: number,
  plugins: ProgramConfig['plugins'],
  limits: ProgramConfig['limits'],
): Promise<Cluster> {
  await using started = new AsyncDisposableStack();
  const database = started.adopt(new PostgresServer(), (server) => server.remove());
  const nats = started.adopt(new NatsServer(), (server) => server.remove());
  await Promise.all([database.create(), nats.start()]);
  const ways = await Promise.all(
    Array.from({ length: count }, async () => ({
      toDatabase: started.use(await startFaultyProxy(database.port)),
      toNats: started.use(await startFaultyProxy(nats.port)),
    })),
  );
  const ports = ways.map(({ toDatabase, toNats }) => ({ database: toDatabase.port, nats: toNats.port }));
  const { programs } = started.use(await startServers(count, database, nats, { plugins, limits, ways: ports }));
  const balancer = started.use(await startBalancer());
  const members = programs.map((program, i) => {
    const { toDatabase, toNats } = ways[i] as (typeof ways)[number];
    return { name: `chatserv ${i + 1}`, program, toDatabase, toNats };
  });
  const all = started.move();
  const cluster: Cluster = {
    database,
    nats,
    members,
    balancer,
    serves: (except) =>
      balancer.serves(...members.filter((member) => member !== except).map(({ program }) => program.port)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
  cluster.serves();
  return cluster;
}
