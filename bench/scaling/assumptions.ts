/** What the simulation takes for granted. docs/scaling.md lists it. */
export const USERS = {
  /** How many messages a user who is online sends a second, at the busiest time of the day. */
  messagesPerSecond: 1 / 300,
  /** The share of these that go to one other user, who is online. */
  directShare: 0.5,
  /** How many rooms a user is in. */
  rooms: 10,
  /** Of the sizes of rooms, by users online: how few rooms are larger than x, as x to the power of -exponent. */
  roomExponent: 1,
  smallestRoom: 2,
  /** `rooms.maxMembers`. */
  largestRoom: 100_000,
  /** How long a session lasts, in seconds. */
  sessionTime: 1800,
} as const;

export const MACHINES = {
  /** Sessions of a server: the default of `connections.maxConnections`. */
  sessionsPerServer: 10_000,
  /** From a server to PostgreSQL and back, and the wait for the disk and a synchronous standby, in milliseconds. */
  roundTrip: 0.25,
  fsync: 1,
  /** Processors of the machines that PostgreSQL and NATS have for themselves. */
  postgresCores: 16,
  natsCores: 4,
  /** Memory for the heap of a server, in MB. */
  serverHeap: 4096,
  /** What PostgreSQL can write to its log, in MB a second. */
  walRate: 200,
  /** Connections that PostgreSQL is good for without a pooler, and those of a server (`postgres.connections`). */
  postgresConnections: 1000,
  connectionsPerServer: 10,
  /** The part of a processor that may be in use at the busiest time. */
  usable: 0.6,
  /** How long a message may take to be answered, at the 99th percentile, and a server to copy who is online, in seconds. */
  answerTime: 1,
  copyTime: 10,
} as const;

/** How many sessions there are in all. */
export const SIZES = [10_000, 30_000, 100_000, 300_000, 1_000_000];

/** How long is simulated, in seconds. */
export const SIMULATED = 10;

export const SEED = 18;
