/** What so many sessions on so many servers ask of each part. */
import { MACHINES, SEED, SIMULATED, USERS } from './assumptions.ts';
import type { Costs } from './costs.ts';
import { type LogLoad, simulateLog } from './log.ts';
import { Random } from './random.ts';
import { Town } from './town.ts';

/** How often a device's cursor is written at most: `offline-messages.cursorTime`, in seconds. */
const CURSOR_TIME = 0.25;

/** How often servers set their keys again, and what a session has, and sets: its presence and its claim. */
const [REFRESH, KEYS] = [1200, 2];

export interface Load {
  readonly sessions: number;
  readonly servers: number;
  readonly log: LogLoad;
  /** All per second, of all servers together. */
  readonly logins: number;
  readonly cursors: number;
  readonly statements: number;
  /** Keys that are set or removed, each of which all servers get. */
  readonly changes: number;
  readonly nats: number;
  readonly wal: number;
  /** Processors in use: of one server, of PostgreSQL, of NATS. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
  readonly natsCpu: number;
  /** Of a server's processor, the part that follows what others do. */
  readonly othersCpu: number;
  /** In MB. */
  readonly serverMemory: number;
  readonly natsMemory: number;
  /** How long a server takes to copy who is online after it has lost NATS, in seconds. */
  readonly copyTime: number;
  readonly connections: number;
  readonly largestRoom: number;
}

export function loadOf(sessions: number, servers: number, costs: Costs): Load {
  const random = new Random(SEED);
  const town = new Town(sessions, servers, random);
  const log = simulateLog(town.says(SIMULATED), servers, SIMULATED, costs);
  const logins = sessions / USERS.sessionTime;
  // Each device that got something in the time between two writes.
  const perSession = log.deliveries / sessions;
  const cursors = (sessions * (1 - Math.exp(-perSession * CURSOR_TIME))) / CURSOR_TIME;
  const looks = log.looks;
  const entries = log.messages * (servers - 1);
  const changes = logins * KEYS * 2 + (sessions * KEYS) / REFRESH;
  // Each server says every two seconds that it is there.
  const announcements = log.published + log.announced + (servers * servers) / 2;
  const nats = announcements + changes * (2 + servers);
  const followed = (log.messages * (1 - 1 / servers) * costs.entry + (looks / servers) * costs.look) / 1e6;
  const presence = (changes * costs.loginElsewhere) / KEYS / 1e6;
  const further = Math.max(0, log.deliveries - log.messages);
  const own = (log.messages * costs.message + further * costs.delivery + logins * costs.login) / servers / 1e6;
  const kb = (sessions / servers) * costs.kbPerSession + sessions * (1 - 1 / servers) * costs.kbPerSessionElsewhere;
  return {
    sessions,
    servers,
    log,
    logins,
    cursors,
    statements:
      log.commits * costs.statementsPerCommit + looks + logins * costs.statementsPerLogin + (2 * servers) / CURSOR_TIME,
    changes,
    nats,
    wal: (log.messages * costs.walPerMessage + cursors * costs.walPerCursor) / 1e6,
    serverCpu: own + followed + presence,
    othersCpu: followed + presence,
    postgresCpu:
      (log.commits * costs.postgresCommit +
        log.messages * costs.postgresMessage +
        looks * costs.postgresLook +
        entries * costs.postgresEntry +
        cursors * costs.postgresCursor +
        logins * costs.postgresLogin) /
      1e6,
    natsCpu: (announcements * costs.natsMessage + changes * (costs.natsPut + (servers - 1) * costs.natsCopy)) / 1e6,
    serverMemory: kb / 1024,
    natsMemory: (sessions * costs.natsKbPerSession) / 1024,
    copyTime: (sessions * (1 - 1 / servers) * costs.copy) / 1e6,
    connections: servers * MACHINES.connectionsPerServer,
    largestRoom: town.rooms[0] ?? 0,
  };
}

/** What may run out, and how much of it is in use: 1 is all of what may be used. */
export const PARTS: Readonly<Record<string, (load: Load) => number>> = {
  'a server: CPU': ({ serverCpu }) => serverCpu / MACHINES.usable,
  'a server: memory': ({ serverMemory }) => serverMemory / MACHINES.serverHeap,
  'a server: copying who is online': ({ copyTime }) => copyTime / MACHINES.copyTime,
  'PostgreSQL: CPU': ({ postgresCpu }) => postgresCpu / (MACHINES.postgresCores * MACHINES.usable),
  'PostgreSQL: writing its log': ({ wal }) => wal / (MACHINES.walRate * MACHINES.usable),
  'PostgreSQL: connections': ({ connections }) => connections / MACHINES.postgresConnections,
  "the log's lock": ({ log }) => log.p99 / 1000 / MACHINES.answerTime,
  'NATS: CPU': ({ natsCpu }) => natsCpu / (MACHINES.natsCores * MACHINES.usable),
};

/** Servers for so many sessions. */
export function serversFor(sessions: number): number {
  return Math.max(1, Math.ceil(sessions / MACHINES.sessionsPerServer));
}
