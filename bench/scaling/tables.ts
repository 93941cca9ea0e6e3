/** The tables of docs/scaling.md. */
import { figure, tableOf } from '../report/markdown.ts';
import { MACHINES, SIZES, USERS } from './assumptions.ts';
import type { Costs } from './costs.ts';
import { lockTimes } from './log.ts';
import { type Load, loadOf, PARTS, serversFor } from './model.ts';

/** Servers of the largest chat, beside those for its sessions. */
const FEWER_AND_MORE = [25, 50, 200, 400];

/** Sizes of rooms. */
const ROOMS = [1000, 10_000, 100_000, 1_000_000];

const percent = (part: number): string => `${figure(Number((part * 100).toPrecision(2)))}%`;
const count = (value: number): string => figure(Number(value.toPrecision(3)));

/** By name. */
export function tablesOf(costs: Costs): Readonly<Record<string, string>> {
  const sizes = SIZES.map((sessions) => loadOf(sessions, serversFor(sessions), costs));
  const largest = SIZES.at(-1) ?? 0;
  const others = FEWER_AND_MORE.map((servers) => loadOf(largest, servers, costs));
  const ofLargest = [...sizes.slice(-1), ...others].sort((a, b) => a.servers - b.servers);
  return {
    costs: costsTable(costs),
    load: transposed(sizes, 'sessions', LOAD),
    use: transposed(sizes, 'sessions', USE),
    servers: transposed(ofLargest, 'servers', USE),
    limits: limitsTable(sizes),
    rooms: roomsTable(costs),
    storm: stormTable(sizes, costs),
  };
}

const LOAD: Readonly<Record<string, (load: Load) => string>> = {
  servers: ({ servers }) => count(servers),
  'messages a second': ({ log }) => count(log.messages),
  'deliveries a second': ({ log }) => count(log.deliveries),
  'logins a second': ({ logins }) => count(logins),
  'online members of the largest room': ({ largestRoom }) => count(largestRoom),
  'commits of messages a second': ({ log }) => count(log.commits),
  'a message waits for its commit, p50 and p99': ({ log }) => `${count(log.p50)} and ${count(log.p99)} ms`,
  'looks at the log a second': ({ log }) => count(log.looks),
  'statements a second': ({ statements }) => count(statements),
  'cursors moved a second': ({ cursors }) => count(cursors),
  'write-ahead log, MB a second': ({ wal }) => count(wal),
  'keys changed in the bucket a second': ({ changes }) => count(changes),
  'messages to and from NATS a second': ({ nats }) => count(nats),
  'memory of sessions, a server': ({ serverMemory }) => `${count(serverMemory)} MB`,
  'memory of sessions, NATS': ({ natsMemory }) => `${count(natsMemory)} MB`,
};

const USE: Readonly<Record<string, (load: Load) => string>> = Object.fromEntries(
  Object.entries(PARTS).map(([name, use]) => [
    name,
    (load: Load) => {
      const part = use(load);
      return part > 1 ? `**${percent(part)}**` : percent(part);
    },
  ]),
);

/** A column for each load. */
function transposed(loads: readonly Load[], by: 'sessions' | 'servers', rows: typeof LOAD): string {
  return tableOf(
    [by, ...loads.map((load) => count(load[by]))],
    Object.entries(rows).map(([name, cell]) => [name, ...loads.map(cell)]),
  );
}

/** Up to how many sessions each part lasts, with servers for them. */
function limitsTable(loads: readonly Load[]): string {
  const lasting = Object.entries(PARTS).map(([name, use]) => ({ name, sessions: lastsUpTo(loads, use) }));
  lasting.sort((a, b) => a.sessions - b.sessions);
  const most = loads.at(-1)?.sessions ?? 0;
  return tableOf(
    ['what', 'lasts up to'],
    lasting.map(({ name, sessions }) => [
      name,
      sessions > most ? `more than ${count(most)} sessions` : `${figure(Number(sessions.toPrecision(1)))} sessions`,
    ]),
  );
}

/** Where the use of a part reaches all of it, between two sizes. @returns infinity if it does not */
function lastsUpTo(loads: readonly Load[], use: (load: Load) => number): number {
  const after = loads.findIndex((load) => use(load) > 1);
  const [last, next] = [loads[after - 1], loads[after]];
  if (next === undefined) return Number.POSITIVE_INFINITY;
  if (last === undefined) return next.sessions;
  const part = Math.log(1 / use(last)) / Math.log(use(next) / use(last));
  return last.sessions * (next.sessions / last.sessions) ** part;
}

/** What a message to a large room costs, on as many servers as its members need. */
function roomsTable({ delivery, postgresCursor }: Costs): string {
  const rows = ROOMS.map((members) => {
    const servers = serversFor(members);
    const time = (members / servers) * delivery;
    const database = members * postgresCursor;
    const most = Math.min(MACHINES.usable * (1e6 / time), (MACHINES.postgresCores * MACHINES.usable * 1e6) / database);
    return [count(members), count(servers), `${count(time / 1000)} ms`, `${count(database / 1000)} ms`, count(most)];
  });
  return tableOf(
    ['members online', 'servers', 'CPU of each server', 'CPU of PostgreSQL, for cursors', 'messages a second at most'],
    rows,
  );
}

/** What it takes when a server fails and its clients come back to the others. */
function stormTable(loads: readonly Load[], costs: Costs): string {
  const rows = loads
    .filter(({ servers }) => servers > 1)
    .map(({ sessions, servers, postgresCpu }) => {
      const lost = sessions / servers;
      const others = (lost * costs.login) / (servers - 1) / 1e6;
      const free = MACHINES.postgresCores - postgresCpu;
      const database = free > 0 ? (lost * costs.postgresLogin) / free / 1e6 : Number.POSITIVE_INFINITY;
      const changes = (lost * 2 * costs.loginElsewhere) / 1e6;
      const seconds = (time: number) => (Number.isFinite(time) ? `${count(time)} s` : 'never');
      return [count(sessions), count(servers), count(lost), ...[others, database, changes].map(seconds)];
    });
  return tableOf(
    [
      'sessions',
      'servers',
      'clients that come back',
      'logins: CPU of each other server',
      'PostgreSQL, with what is left of its CPU',
      'changes of who is online: CPU of each server',
    ],
    rows,
  );
}

function costsTable(costs: Costs): string {
  const [fixed, each] = lockTimes(costs);
  const us = (value: number) => `${count(value)} us`;
  return tableOf(
    ['what', 'cost'],
    [
      ['a direct message with its delivery, on its server', us(costs.message)],
      ['a further delivery', us(costs.delivery)],
      [
        'an entry of another server that is read, on each server; in PostgreSQL',
        `${us(costs.entry)}; ${us(costs.postgresEntry)}`,
      ],
      ['a look at the log, on a server; in PostgreSQL', `${us(costs.look)}; ${us(costs.postgresLook)}`],
      [
        'a login with a token, on its server; on each other; in PostgreSQL',
        [costs.login, costs.loginElsewhere, costs.postgresLogin].map(us).join('; '),
      ],
      ['copying who is online elsewhere, for each session', us(costs.copy)],
      ['statements for a login, 20 at a time', count(costs.statementsPerLogin)],
      [
        'messages to NATS for a login; from NATS, for each server',
        `${count(costs.natsInPerLogin)}; ${count(costs.natsOutPerLogin)}`,
      ],
      ['bytes over NATS for a login, for each server', `${count(costs.natsBytesPerLogin)} B`],
      ['a commit, and each message in it, in PostgreSQL', `${us(costs.postgresCommit)}; ${us(costs.postgresMessage)}`],
      [
        "how long a batch holds the log's lock, and for each message in it",
        `${count(fixed * 1000)} ms; ${us(each * 1e6)}`,
      ],
      ['a cursor that is moved, in PostgreSQL', us(costs.postgresCursor)],
      [
        'write-ahead log for a message; for a cursor',
        `${count(costs.walPerMessage)} B; ${count(costs.walPerCursor)} B`,
      ],
      [
        'in NATS: an announcement, taken or given; a key set; a key given to a server',
        [costs.natsMessage, costs.natsPut, costs.natsCopy].map(us).join('; '),
      ],
      [
        'memory of a session, on its server; on each other; in NATS',
        [costs.kbPerSession, costs.kbPerSessionElsewhere, costs.natsKbPerSession]
          .map((kb) => `${count(kb)} KB`)
          .join('; '),
      ],
    ],
  );
}

export function assumptionsOf(): string {
  const { messagesPerSecond, directShare, rooms, smallestRoom, largestRoom, sessionTime } = USERS;
  const m = MACHINES;
  return [
    `Each user online sends a message every ${count(1 / messagesPerSecond / 60)} minutes, ${percent(directShare)} of them to one other user who is online.`,
    `A user is in ${rooms} rooms. Rooms have ${smallestRoom} to ${count(largestRoom)} members online; half as many rooms are twice as large. How much is said in a room grows with the square root of its size.`,
    `A session lasts ${sessionTime / 60} minutes. Users are spread over the servers at random, up to ${count(m.sessionsPerServer)} on each, the default of \`connections.maxConnections\`.`,
    `PostgreSQL and NATS are 0.25 ms away, there and back; a commit waits ${m.fsync} ms for the disk and the standby. PostgreSQL has ${m.postgresCores} processors, NATS ${m.natsCores}, a server one; ${percent(m.usable)} of them may be in use.`,
    `A server has ${count(m.serverHeap)} MB for what sessions need. PostgreSQL writes up to ${count(m.walRate)} MB a second to its log, and has up to ${count(m.postgresConnections)} connections.`,
    `A message may take ${m.answerTime} s until it is answered (p99), and a server ${m.copyTime} s until it knows who is online.`,
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}
