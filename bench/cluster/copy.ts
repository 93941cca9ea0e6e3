/** What it costs a server to copy who is online elsewhere, as after a start or a lost connection to NATS. */
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Presence, Server } from 'chatserv';
import type { Peers } from '../../plugins/nats/peers.ts';
import { registerModuleHooks } from '../../src/host/self.ts';
import { NatsServer } from '../../test/support/nats-server.ts';
import type { Row } from '../report/results.ts';
import type { Setup } from '../scenario.ts';
import { cpuOf } from '../servers/process.ts';

/** How many keys are set at once. */
const AT_ONCE = 500;

/** @param sessions on another server, each with its presence and its claim */
export async function copy(sessions: number, { effort }: Setup): Promise<Row> {
  // The plugin imports values from `chatserv`, as plugins do.
  registerModuleHooks();
  const [{ Replica }, { SharedPresence }] = await Promise.all([
    import('../../plugins/nats/replica.ts'),
    import('../../plugins/nats/shared-presence.ts'),
  ]);
  const count = Math.ceil(sessions * effort.scale);
  const nats = new NatsServer();
  await nats.start();
  const [there, here] = [await connect({ servers: nats.url }), await connect({ servers: nats.url })];

  const replica = (server: string) =>
    new Replica({
      bucket: 'chat',
      replicas: 1,
      server,
      copies: (key) => !key.startsWith('claim.'),
      after: later,
      failed: (error) => {
        throw error;
      },
    });
  const [theirs, ours] = [replica('there'), replica('here')];
  const opened = (one: typeof ours, connection: NatsConnection) =>
    new Promise<void>((resolve) => {
      one.ready = () => resolve();
      one.open(connection);
    });

  await opened(theirs, there);
  const natsCpu = () => cpuOf(nats.pid ?? 0);
  const natsBefore = natsCpu();
  for (let first = 0; first < count; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    await Promise.all(
      numbers.flatMap((i) => [
        theirs.put(`online.${i}.there`, JSON.stringify({ name: `user${i}`, devices: [''] })),
        theirs.put(`claim.${i}.d`, JSON.stringify({ server: crypto.randomUUID(), login: crypto.randomUUID() })),
      ]),
    );
  }

  const [peers, local, presence] = [
    { isAlive: () => true },
    { sessionsOf: () => [] },
    { showElsewhere: () => () => {} },
  ];
  const shown = new SharedPresence(
    ours,
    peers as unknown as Peers,
    'here',
    local as unknown as Server,
    presence as unknown as Presence,
    later,
  );
  ours.changed = (key, held) => shown.note(key, held);
  const natsPut = natsCpu();
  const [before, began] = [process.cpuUsage(), performance.now()];
  await opened(ours, here);
  const [{ user, system }, tookMs] = [process.cpuUsage(before), performance.now() - began];
  const natsCopied = natsCpu();
  for (const one of [theirs, ours]) one.close();
  await Promise.all([there.close(), here.close()]);
  await nats.remove();
  const keys = 2 * count;
  return {
    cpuPerSession: (user + system) / count,
    natsCpuPerPut: (natsPut - natsBefore) / keys,
    natsCpuPerCopy: (natsCopied - natsPut) / keys,
    tookMs,
  };
}

function later(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}
