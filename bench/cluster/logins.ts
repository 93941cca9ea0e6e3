/** What a login costs on several servers, and what happens when one of them is killed. */
import { setTimeout as after } from 'node:timers/promises';
import type { Client } from '../clients/client.ts';
import { json, resumption } from '../clients/json.ts';
import { Load, type Target } from '../load.ts';
import type { Row } from '../report/results.ts';
import { percentile } from '../report/statistics.ts';
import { Returns } from '../workloads/login-storm.ts';
import { reaches, Stream } from '../workloads/open-loop.ts';
import type { Effort } from '../workloads/workload.ts';
import type { Cluster } from './cluster.ts';
import { between, type Counts } from './counts.ts';
import type { ClusterWorkload } from './scenario.ts';

/** The rooms that each user is in. */
const ROOMS = Array.from({ length: 10 }, (_, i) => `#room${i}`);
const IN_ROOMS = {
  rooms: { declared: Object.fromEntries(ROOMS.map((room) => [room, { join: true }])), quietAbove: 0 },
};

/** How long servers do things that are due after a login or a logout, in milliseconds. */
const SETTLING = 2500;

/** Programs in ten rooms each log in with their tokens, so many at a time. */
export function clusterLogins(count: number, atOnce: number): ClusterWorkload {
  return async (start, { scale }) => {
    const cluster = await start(IN_ROOMS);
    const load = new Load(cluster, json);
    const before = await load.logIn(Math.ceil(count * scale));
    const logins = new Map(before.map((client) => [client.name, resumption(client.welcome)]));
    load.close();
    await after(SETTLING);
    const background = await over(cluster, () => after(SETTLING));
    const returns = new Returns(load, logins);
    const began = performance.now();
    const done = await over(cluster, async () => {
      await returns.inGroups(atOnce);
      await after(SETTLING);
    });
    const took = performance.now() - began;
    returns.close();
    await cluster.stop();
    const each = (count: keyof Counts) => (done[count] - (background[count] * took) / SETTLING) / logins.size;
    return {
      cpuPerLogin: each('cpu'),
      postgresCpuPerLogin: each('postgresCpu'),
      natsCpuPerLogin: each('natsCpu'),
      p50: percentile(returns.durations, 0.5),
      p99: percentile(returns.durations, 0.99),
      statementsPerLogin: each('statements'),
      rowsTouchedPerLogin: each('rows'),
      commitsPerLogin: each('commits'),
      walPerLogin: each('wal'),
      natsInPerLogin: each('natsIn'),
      natsOutPerLogin: each('natsOut'),
      natsBytesPerLogin: each('natsBytes'),
    };
  };
}

/** One of the servers is killed, and its clients come back to the others, where users chat. */
export function clusterStorm(count: number, wait: (attempt: number) => number): ClusterWorkload {
  return async (start, effort) => {
    const cluster = await start(IN_ROOMS);
    const [killed, ...others] = cluster.servers;
    if (killed === undefined) throw new Error('a cluster without servers');
    const load = new Load(cluster.to([killed]), json);
    const victims = await load.logIn(Math.ceil(count * effort.scale));
    const chat = new Load(cluster.to(others), json, 'chatter');
    await chat.logIn(Math.ceil(CHATTERS * effort.scale));
    const row = await storm(cluster, victims, chat, effort, wait, async () => {
      const dying = cluster.kill(killed);
      load.close();
      await dying;
    });
    chat.close();
    await cluster.stop();
    return row;
  };
}

const CHATTERS = 200;

/** Sends something to everyone: once they have acknowledged it, they miss nothing of what was before. */
async function everyoneHasAll(load: Load): Promise<void> {
  const { clients, counters, protocol } = load;
  counters.reset();
  await clients[0]?.ask(protocol.broadcast('hello'));
  await reaches(() => counters.delivered >= clients.length - 1);
  // The others have got it, too, and cursors are stored.
  await after(SETTLING);
}

async function storm(
  cluster: Cluster,
  victims: readonly Client[],
  chat: Load,
  { seconds, warmUp }: Effort,
  wait: (attempt: number) => number,
  kill: () => Promise<void>,
): Promise<Row> {
  const stream = new Stream(chat, { rate: 200, bytes: 100, to: 'one' });
  await stream.run(warmUp);
  await everyoneHasAll(chat);
  await stream.run(seconds);
  const quiet = chat.counters.deliveries.percentile(0.99);
  const logins = new Map(victims.map((client) => [client.name, resumption(client.welcome)]));
  await kill();
  const returns = new Returns(new Load(cluster as Target, json), logins, wait);
  const before = await cluster.counts();
  const { sendDelayP99, lost } = await stream.run(returns.all());
  const done = between(before, await cluster.counts());
  const p99 = chat.counters.deliveries.percentile(0.99);
  returns.close();
  return {
    allInMs: Math.max(...returns.times),
    p50: percentile(returns.times, 0.5),
    refused: returns.refused,
    loginsPerSecond: (logins.size * 1000) / Math.max(...returns.times),
    cpuPerLogin: done.cpu / logins.size,
    postgresCpuPerLogin: done.postgresCpu / logins.size,
    statementsPerLogin: done.statements / logins.size,
    quietP99: quiet,
    p99,
    p99BesideQuiet: p99 / quiet,
    max: chat.counters.deliveries.max,
    lost,
    sendDelayP99,
  };
}

async function over(cluster: Cluster, work: () => Promise<unknown>): Promise<Counts> {
  const before = await cluster.counts();
  await work();
  return between(before, await cluster.counts());
}
