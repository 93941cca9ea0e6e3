/** The table of scenarios; `npm run bench -- --list` prints it. */
import { fileURLToPath } from 'node:url';
import { json } from './clients/json.ts';
import { line } from './clients/line.ts';
import { CLUSTER_SCENARIOS } from './cluster/scenarios.ts';
import { PLUGIN_SCENARIOS } from './plugin-scenarios.ts';
import { each, of, type Scenario } from './scenario.ts';
import { SEARCH_SCENARIO } from './search-scenario.ts';
import { canSlowFsync } from './servers/places.ts';
import { STORE_SCENARIO } from './store-scenario.ts';
import { busyRooms } from './workloads/busy-rooms.ts';
import { BROADCAST, closedLoop, DIRECT } from './workloads/closed-loop.ts';
import { idle } from './workloads/idle.ts';
import { loginStorm } from './workloads/login-storm.ts';
import { openLoop } from './workloads/open-loop.ts';
import { backlogLogin, reloadUnderLoad } from './workloads/others.ts';
import { reloading, resuming, slowDisk, slowDiskBeside } from './workloads/slow-disk.ts';
import { startUp } from './workloads/start.ts';

const EPHEMERAL = of('bare', 'memory', 'sqlite', 'before', 'ngircd', 'inspircd');
const DURABLE = of('durable', 'sqlite', 'before', 'ngircd', 'inspircd');
/** Without the IRC servers: their lines end after 512 bytes, and 5,000 joins of one channel are 12 million lines. */
const OURS = of('bare', 'memory', 'sqlite', 'before');
const KEPT = of('sqlite', 'before');

/** Broadcasts that are not kept. */
const TO_ONLINE = { broadcast: { to: 'online' } };
const SLOW = { plugins: TO_ONLINE, fsyncTime: 150 };

/** A plugin that fills a room. */
const CROWD = fileURLToPath(new URL('probes/crowd.ts', import.meta.url));
const BUSY_ROOMS = fileURLToPath(new URL('probes/busy-rooms.ts', import.meta.url));
// The index of the messages would be built meanwhile.
const BUSY = { plugins: { [BUSY_ROOMS]: {}, search: false } };
const ROOMS = { [CROWD]: { members: 1 }, rooms: { maxMembers: 200_000 } };

const CROWDS = [100, 1000, 5000];
const SIZES = [32, 512, 4096];

export const SCENARIOS: readonly Scenario[] = [
  ...CROWDS.map((clients) => ({
    name: `broadcast-${clients}`,
    summary: `10 of ${clients} clients broadcast 100 bytes, 8 in flight each`,
    variants: clients > 1000 ? OURS : EPHEMERAL,
    workload: closedLoop({ ...BROADCAST, clients }),
    headline: 'cpuPerDelivery' as const,
  })),
  {
    name: 'room-1000',
    summary: 'like broadcast-1000, to a room; with 1,000 members, and with 100,000 of whom 1,000 are online',
    variants: {
      bare: { kind: 'bare' },
      '1,000 members': { kind: 'sqlite', plugins: ROOMS },
      '100,000 members': { kind: 'sqlite', plugins: { ...ROOMS, [CROWD]: { members: 99_000 } } },
    },
    workload: closedLoop({ ...BROADCAST, clients: 1000, room: '#town' }),
    headline: 'cpuPerDelivery',
  },
  {
    name: 'irc-room',
    summary: 'like room-1000, with clients of plain lines and of IRC',
    variants: {
      'plain lines': { kind: 'sqlite', plugins: ROOMS },
      irc: { kind: 'sqlite', codec: 'irc', echoes: true, plugins: { ...ROOMS, irc: true } },
      inspircd: { kind: 'inspircd', echoes: true },
    },
    workload: closedLoop({ ...BROADCAST, clients: 1000, room: '#town' }),
    headline: 'cpuPerDelivery',
  },
  ...CROWDS.map((clients) => ({
    name: `direct-${clients}`,
    summary: `100 of ${clients} clients send 100 bytes to one of ten friends at a time, 8 in flight each`,
    variants: DURABLE,
    workload: closedLoop({ ...DIRECT, clients }),
    headline: 'cpuPerMessage' as const,
  })),
  {
    name: 'direct-strangers',
    summary: 'like direct-1000, to another client each time: nearly every message opens a conversation',
    variants: DURABLE,
    workload: closedLoop({ ...DIRECT, to: 'strangers' }),
    headline: 'cpuPerMessage',
  },
  {
    name: 'direct-unkept',
    summary: 'like direct-1000, with nothing on disk',
    variants: of('bare', 'memory', 'ngircd', 'inspircd'),
    workload: closedLoop(DIRECT),
    headline: 'cpuPerMessage',
  },
  ...SIZES.map((bytes) => ({
    name: `direct-${bytes}-bytes`,
    summary: `like direct-1000, with ${bytes} bytes of text`,
    variants: bytes < 400 ? DURABLE : of('durable', 'sqlite', 'before'),
    workload: closedLoop({ ...DIRECT, bytes }),
    headline: 'cpuPerMessage' as const,
  })),
  ...SIZES.map((bytes) => ({
    name: `broadcast-${bytes}-bytes`,
    summary: `like broadcast-100, with ${bytes} bytes of text`,
    variants: bytes < 400 ? EPHEMERAL : OURS,
    workload: closedLoop({ ...BROADCAST, clients: 100, bytes }),
    headline: 'cpuPerDelivery' as const,
  })),
  {
    name: 'open-broadcast',
    summary: '50 broadcasts a second to 1,000 clients, open loop',
    variants: EPHEMERAL,
    workload: openLoop({ clients: 1000, rate: 50, bytes: 100, to: 'everyone' }),
    headline: 'p99',
  },
  {
    name: 'open-direct',
    summary: '2,000 direct messages a second between 1,000 clients, open loop',
    variants: DURABLE,
    workload: openLoop({ clients: 1000, rate: 2000, bytes: 100, to: 'one' }),
    headline: 'p99',
  },
  {
    name: 'bytes-keyed',
    summary:
      'like direct-1000 in json, each message with a key and acknowledged: bytes written, up to the last checkpoint',
    variants: KEPT,
    workload: closedLoop({ ...DIRECT, protocol: json }),
    headline: 'bytesPerMessage',
  },
  {
    name: 'bytes-lone',
    summary: 'one message at a time between two clients in json: bytes written, up to the last checkpoint',
    variants: KEPT,
    workload: closedLoop({ ...DIRECT, clients: 2, senders: 1, inFlight: 1, protocol: json }),
    headline: 'bytesPerMessage',
  },
  {
    name: 'counts',
    summary:
      'like direct-1000: promises, messages between threads, writes, fsyncs; the times are those of a server that counts',
    variants: each(of('sqlite', 'memory', 'durable', 'before'), { counts: true }),
    workload: closedLoop(DIRECT),
    headline: 'promisesPerMessage',
  },
  {
    name: 'idle',
    summary: 'memory of each of 5,000 idle sessions, beyond the first 1,000',
    variants: of('bare', 'memory', 'sqlite', 'before', 'ngircd', 'inspircd'),
    workload: idle(5000),
    headline: 'kbPerSession',
  },
  {
    name: 'idle-bounded',
    summary: 'like idle, with a young generation of 8 MB at most (--max-semi-space-size=8)',
    variants: each(OURS, { flags: ['--max-semi-space-size=8'] }),
    workload: idle(5000),
    headline: 'kbPerSession',
  },
  {
    name: 'start',
    summary: 'from process start to listening, from source and as npm installs it',
    variants: each(of('bare', 'memory', 'sqlite', 'installed', 'before', 'ngircd', 'inspircd'), { probe: false }),
    workload: startUp,
    headline: 'startMs',
  },
  {
    name: 'login-cold',
    summary: '50 users log in with their passwords at once',
    // However long the hashes take, nobody is sent away.
    variants: each(KEPT, { passwords: true, plugins: { password: { waitTime: 60 } } }),
    workload: loginStorm(50, 'password'),
    headline: 'allInMs',
  },
  {
    name: 'login-resume',
    summary: '2,000 sessions resume with their tokens at once',
    // Cheap hashes speed up the registrations before it; resuming hashes nothing.
    variants: each(KEPT, { passwords: true, plugins: { password: { memory: 8192, passes: 1, waitTime: 60 } } }),
    workload: loginStorm(2000, 'token'),
    headline: 'allInMs',
  },
  {
    name: 'login-backlog',
    summary: 'a user with 100,000 queued messages logs in while 100 others chat',
    variants: KEPT,
    workload: backlogLogin(100, 100_000),
    headline: 'p99BesideQuiet',
  },
  {
    name: 'busy-rooms',
    summary:
      'a member of 200 rooms with 1,000,000 new messages logs in, then reads the last 50 messages of a room (p50, max)',
    variants: each(of('sqlite'), BUSY),
    workload: busyRooms(line, (room) => `history ${room}\n`),
    headline: 'cpuPerLogin',
  },
  {
    name: 'busy-rooms-json',
    summary: 'the same for a program, which gets the last 50 messages of each room',
    variants: each(of('sqlite'), BUSY),
    workload: busyRooms(json, (room) => `{"type":"command","name":"history","values":{"place":"${room}"}}\n`),
    headline: 'cpuPerLogin',
  },
  {
    name: 'reload',
    summary: 'four reloads while 2,000 sessions chat',
    variants: KEPT,
    workload: reloadUnderLoad(2000),
    headline: 'p99BesideQuiet',
  },
  {
    name: 'slow-disk',
    summary: '50 durable messages a second, and requests that need no commit, with an fsync of 150 ms',
    variants: canSlowFsync()
      ? { quiet: { kind: 'sqlite', plugins: TO_ONLINE }, '150 ms': { kind: 'sqlite', ...SLOW } }
      : {},
    workload: slowDisk(50),
    headline: 'broadcastP99',
  },
  {
    name: 'slow-disk-logins',
    summary: 'like slow-disk, while 500 sessions resume at once',
    variants: canSlowFsync() ? each(KEPT, SLOW) : {},
    workload: slowDiskBeside(50, resuming(500)),
    headline: 'p99BesideQuiet',
  },
  {
    name: 'slow-disk-reload',
    summary: 'like slow-disk, during four reloads with 500 more sessions',
    variants: canSlowFsync() ? each(KEPT, SLOW) : {},
    workload: slowDiskBeside(50, reloading(500)),
    headline: 'p99BesideQuiet',
  },
  ...PLUGIN_SCENARIOS,
  SEARCH_SCENARIO,
  ...CLUSTER_SCENARIOS,
  STORE_SCENARIO,
];
