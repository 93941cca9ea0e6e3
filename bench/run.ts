/**
 * Measures chatserv beside a bare node:net loop, over loopback sockets, and prints tables. The server is one process,
 * this one makes the load. `npm run bench -- broadcast direct` runs some, `--seconds 2` makes each run shorter.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { logInAll, percentile, Tally, text } from './load.ts';
import { type Kind, Server } from './server.ts';

const KINDS: readonly Kind[] = ['bare', 'memory', 'sqlite'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' } },
});
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);

type Row = Readonly<Record<string, number>>;

/** Some senders, each with 8 lines in flight, for a while; what it cost the server. */
async function load(kind: Kind, clientCount: number, senderCount: number, line: (to: string, count: number) => string) {
  const server = await Server.start(kind);
  const tally = new Tally();
  const clients = await logInAll(clientCount, server.port, tally);
  const senders = clients.slice(0, senderCount);
  let turn = 0;
  const next = (count: number) => {
    turn = (turn + 7919) % clientCount;
    return line(`u${turn}`, count);
  };
  for (const sender of senders) sender.start(8, next);
  const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await sleep(1);
  const watcher = clients.at(-1) as (typeof clients)[number];
  await watcher.ask('measure');
  Object.assign(tally, { delivered: 0, answered: 0, latencies: [] });
  const [began, cpu, written] = [performance.now(), server.cpu(), server.written()];
  const rows = kind === 'sqlite' ? server.rows() : 0;
  await sleep(SECONDS);
  const { delivered, answered, latencies } = tally;
  const seconds = (performance.now() - began) / 1000;
  const [cpuUsed, bytes] = [server.cpu() - cpu, server.written() - written];
  const { delayP99 = 0 } = JSON.parse(await watcher.ask('measure')) as { delayP99?: number };
  await Promise.all(senders.map((sender) => sender.stop()));
  const newRows = kind === 'sqlite' ? server.rows() - rows : 0;
  const allAnswered = tally.answered;
  for (const client of clients) client.close();
  await server.stop();
  return {
    sentPerSecond: answered / seconds,
    deliveriesPerSecond: delivered / seconds,
    cpuPerDelivery: cpuUsed / delivered,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    delayP99,
    rowsPerMessage: newRows / allAnswered,
    bytesPerMessage: bytes / answered,
  };
}

const broadcast = (clients: number) => (kind: Kind) =>
  load(kind, clients, Math.min(10, clients), (_to, count) => `broadcast ${text(count)}\n`);

const direct = (kind: Kind) => load(kind, 1000, 100, (to, count) => `message ${to} ${text(count)}\n`);

/** The room for young objects grows with the garbage of so many logins, and would be taken for the sessions' own. */
const BOUNDED = ['--max-semi-space-size=8'];

/** What each session costs beyond the first 1,000, which fill that room. */
async function idle(kind: Kind): Promise<Row> {
  const [FIRST, MORE] = [1000, 5000];
  const server = await Server.start(kind, BOUNDED);
  const tally = new Tally();
  const clients = await logInAll(1, server.port, tally);
  const memory = async () => {
    await clients[0]?.ask('measure');
    return server.memory();
  };
  const alone = await memory();
  clients.push(...(await logInAll(FIRST, server.port, tally, 1)));
  const before = await memory();
  clients.push(...(await logInAll(MORE, server.port, tally, 1 + FIRST)));
  const after = await memory();
  for (const client of clients) client.close();
  await server.stop();
  return { kbPerSession: (after - before) / MORE, processMb: alone / 1024, processOf1000Mb: before / 1024 };
}

async function start(kind: Kind): Promise<Row> {
  const server = await Server.start(kind);
  await server.stop();
  return { startMs: server.startTime };
}

const SCENARIOS: Readonly<Record<string, (kind: Kind) => Promise<Row>>> = {
  'broadcast-100': broadcast(100),
  'broadcast-1000': broadcast(1000),
  direct,
  idle,
  start,
};

console.log(
  `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (positionals.length > 0 && !positionals.some((wanted) => name.startsWith(wanted))) continue;
  const rounds: Record<Kind, Row[]> = { bare: [], memory: [], sqlite: [] };
  // In turns, so that what else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) for (const kind of KINDS) rounds[kind].push(await scenario(kind));
  print(name, rounds);
}

function print(name: string, rounds: Readonly<Record<Kind, readonly Row[]>>): void {
  console.log(`\n### ${name}\n\n| | bare | memory | sqlite | memory / bare | sqlite / bare | sqlite / memory |`);
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const key of Object.keys(rounds.sqlite[0] ?? {})) {
    const [bare, memory, sqlite] = KINDS.map((kind) =>
      percentile(
        rounds[kind].map((row) => row[key] ?? Number.NaN),
        0.5,
      ),
    );
    const ratios = [ratio(memory, bare), ratio(sqlite, bare), ratio(sqlite, memory)];
    console.log(`| ${key} | ${[bare, memory, sqlite].map(figure).join(' | ')} | ${ratios.join(' | ')} |`);
  }
}

function figure(value = Number.NaN): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function ratio(one = Number.NaN, other = Number.NaN): string {
  const quotient = one / other;
  return Number.isFinite(quotient) ? quotient.toFixed(2) : '';
}
