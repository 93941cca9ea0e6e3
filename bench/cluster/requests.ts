/** What single requests to the store cost the server and PostgreSQL. */
import type { MessageLog } from 'chatserv';
import type { Store } from '../../plugins/stores/postgres/store.ts';
import { registerModuleHooks } from '../../src/host/self.ts';
import type { Row } from '../report/results.ts';
import type { Setup } from '../scenario.ts';
import { Cluster } from './cluster.ts';
import { between } from './counts.ts';

/** How many entries and devices there are. */
const SIZE = 1000;

const MESSAGE = { kind: 'message', version: 1, counts: true, device: '', toSender: false, body: 'x'.repeat(100) };

interface Parts {
  readonly log: MessageLog;
  readonly accounts: readonly number[];
}

/** By name: makes some requests. @returns how many units of work they were */
const REQUESTS = {
  /** Looks for entries of others, of which there are none. */
  async look({ log }: Parts): Promise<number> {
    await log.catchUp?.();
    return 1;
  },
  /** Reads a page of entries. */
  async entry({ log }: Parts): Promise<number> {
    return (await log.entries(0, SIZE)).length;
  },
  /** Moves the cursors of many devices, as a message to a large room does. */
  async cursor({ log, accounts }: Parts, round: number): Promise<number> {
    await log.moveCursors(
      accounts.map((account) => ({ account, device: '', id: round, handed: round })),
      round,
    );
    return accounts.length;
  },
};

export type RequestKind = keyof typeof REQUESTS;

export async function requests(kind: RequestKind, setup: Setup): Promise<Row> {
  const { seconds, warmUp } = setup.effort;
  const cluster = await Cluster.start(0, setup);
  // The store imports values from `chatserv`, as plugins do.
  registerModuleHooks();
  const { openStore } = await import('../../plugins/stores/postgres/store.ts');
  const store = await openStore({
    url: cluster.url,
    schema: 'chatserv',
    connections: 10,
    connectTimeout: 60_000,
    statementTimeout: 60_000,
    now: Date.now,
  });
  const parts = { log: store.messageLog, accounts: await filled(store) };
  let round = 1;
  const repeat = async (time: number) => {
    let count = 0;
    for (const end = performance.now() + time * 1000; performance.now() < end; ) {
      count += await REQUESTS[kind](parts, round++);
    }
    return count;
  };
  await repeat(warmUp);
  const [before, cpuBefore] = [await cluster.counts(), process.cpuUsage()];
  const count = await repeat(seconds);
  const { user, system } = process.cpuUsage(cpuBefore);
  const done = between(before, await cluster.counts());
  await store.close();
  await cluster.stop();
  return {
    cpuPerRequest: (user + system) / count,
    postgresCpuPerRequest: done.postgresCpu / count,
    walPerRequest: done.wal / count,
  };
}

/** Makes accounts and messages. @returns the accounts */
async function filled({ accounts, messageLog }: Pick<Store, 'accounts' | 'messageLog'>): Promise<readonly number[]> {
  const made = await Promise.all(Array.from({ length: SIZE }, (_, i) => accounts.create(`u${i}`, '')));
  const ids = made.map((account) => account?.id ?? 0);
  await Promise.all(
    ids.map((sender) =>
      messageLog.append([{ ...MESSAGE, to: { direct: [sender, sender + 1] }, sender, from: `u${sender}`, time: 1 }]),
    ),
  );
  return ids;
}
