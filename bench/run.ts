/**
 * Measures chatserv beside a bare node:net loop, over loopback sockets, and prints tables. The server is one process,
 * this one makes the load. `npm run bench -- broadcast direct` runs some, `--seconds 2` makes each run shorter,
 * `--kinds sqlite,before --before FOLDER` measures some servers only, one of them another checkout of chatserv.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { logInAll, percentile, Tally, text } from './load.ts';
import { type Kind, Server } from './server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    kinds: { type: 'string', default: 'bare,durable,memory,sqlite' },
    before: { type: 'string', default: '' },
  },
});
const KINDS = values.kinds.split(',') as readonly Kind[];
const launch = (kind: Kind, flags?: readonly string[]) => Server.start(kind, flags, values.before);
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);

/** Whether it is a chatserv with a database. */
const keeps = (kind: Kind) => kind === 'sqlite' || kind === 'before';

type Row = Readonly<Record<string, number>>;

/** Some senders, each with 8 lines in flight, for a while; what it cost the server. */
async function load(kind: Kind, clientCount: number, senderCount: number, line: (to: string, count: number) => string) {
  const server = await launch(kind);
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
  const rows = keeps(kind) ? server.rows() : 0;
  await sleep(SECONDS);
  const { delivered, answered, latencies } = tally;
  const seconds = (performance.now() - began) / 1000;
  const [cpuUsed, bytes] = [server.cpu() - cpu, server.written() - written];
  const { delayP99 = 0 } = JSON.parse(await watcher.ask('measure')) as { delayP99?: number };
  await Promise.all(senders.map((sender) => sender.stop()));
  const newRows = keeps(kind) ? server.rows() - rows : 0;
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
  const server = await launch(kind, BOUNDED);
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
  const server = await launch(kind);
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
  const rounds = new Map<Kind, Row[]>(KINDS.map((kind) => [kind, []]));
  // In turns, so that what else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) for (const kind of KINDS) rounds.get(kind)?.push(await scenario(kind));
  print(name, rounds);
}

/** Prints the medians, and how many times the first kind's each one is. */
function print(name: string, rounds: ReadonlyMap<Kind, readonly Row[]>): void {
  const [first, ...others] = KINDS;
  const heads = [...KINDS, ...others.map((kind) => `${kind} / ${first}`)];
  console.log(`\n### ${name}\n\n| | ${heads.join(' | ')} |`);
  console.log(`| --- |${heads.map(() => ' --- |').join('')}`);
  for (const key of Object.keys([...rounds.values()][0]?.[0] ?? {})) {
    const medians = [...rounds.values()].map((rows) =>
      percentile(
        rows.map((row) => row[key] ?? Number.NaN),
        0.5,
      ),
    );
    const ratios = medians.slice(1).map((median) => ratio(median, medians[0]));
    console.log(`| ${key} | ${[...medians.map(figure), ...ratios].join(' | ')} |`);
  }
}

function figure(value = Number.NaN): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function ratio(one = Number.NaN, other = Number.NaN): string {
  const quotient = one / other;
  return Number.isFinite(quotient) ? quotient.toFixed(2) : '';
}
