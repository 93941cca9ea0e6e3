import { setTimeout as after } from 'node:timers/promises';
import { faults, type Sent } from '../broken/checker.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { mishapsOf } from './mishaps.ts';
import { type Place, User } from './user.ts';

/** How many servers there are. */
const SERVERS = 3;

/** How long all of them serve between two mishaps at least, in milliseconds. */
const SHORTEST_QUIET = 200;

/** How many users register and log in at once. */
const AT_ONCE = 20;

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 60_000;

/** What a server logs where something is wrong, and may log while parts are away. */
const [WRONG, EXPECTED] = [
  /"level":"(warn|error|fatal)"/,
  /"event":"(store|nats)-error"|The PostgreSQL database \S+ at \S+ (cannot be reached|was lost)|"type":"StoreError"|limits.handlerTime|"event":"log-suppressed"/,
];

export interface ChaosOptions {
  /** How long mishaps happen, in seconds: at least until each has happened once. */
  readonly seconds: number;
  /** How many clients there are in all. */
  readonly clients: number;
  readonly rooms: number;
  /** How long a client waits between an answer and its next message on average, in milliseconds. */
  readonly pause: number;
  /** How long a part is away, and all of them serve again, at most, in milliseconds. */
  readonly longest: number;
  /** Whether everything happens that can, or only the main mishaps. */
  readonly isWhole: boolean;
}

interface Outcome {
  readonly report: string;
  /** What is not as it should be, a sentence each. */
  readonly wrong: readonly string[];
}

/** Has users talk on several servers while each part fails in turn. @param told a line for each mishap */
export async function chaos(options: ChaosOptions, told: (line: string) => void): Promise<Outcome> {
  await using cluster = await startCluster(
    SERVERS,
    // Of a room whose messages a client has missed all arrive, so that they can be counted.
    { history: { catchUp: 10_000 } },
    { linesPerSecond: 0, bytesPerSecond: 0, loginLines: 100_000 },
  );
  // Awaited here: the cluster ends with this function.
  return await new Chaos(cluster, options, told).all();
}

class Chaos {
  readonly #cluster: Cluster;
  readonly #options: ChaosOptions;
  readonly #told: (line: string) => void;
  readonly #sent: Sent[] = [];
  readonly #happened = new Map<string, number>();
  /** Those who write, each on one device, and those who only read everything, each on two. */
  #talkers: readonly User[] = [];
  #readers: readonly User[] = [];

  constructor(cluster: Cluster, options: ChaosOptions, told: (line: string) => void) {
    this.#cluster = cluster;
    this.#options = options;
    this.#told = told;
  }

  get #users(): readonly User[] {
    return [...this.#talkers, ...this.#readers];
  }

  async all(): Promise<Outcome> {
    await this.#connect();
    const places = await this.#places();
    const over = new AbortController();
    const began = performance.now();
    const talks = this.#talkers.map((user, i) =>
      user.talks(places[i] as readonly Place[], this.#options.pause, over.signal, (message) =>
        this.#sent.push(message),
      ),
    );
    await this.#happen(began);
    over.abort();
    const seconds = (performance.now() - began) / 1000;
    const settling = performance.now();
    await Promise.race([Promise.all(talks), after(PATIENCE)]);
    await this.#settle(settling);
    const wrong = this.#wrong();
    for (const { conversation } of this.#users) conversation.close();
    return { report: this.#report(seconds, (performance.now() - settling) / 1000), wrong };
  }

  async #connect(): Promise<void> {
    const { clients } = this.#options;
    const readers = Math.max(1, Math.floor(clients / 30));
    const names = Array.from({ length: clients - readers }, (_, i) => `u${i}`);
    const [{ program }] = this.#cluster.members as readonly [Cluster['members'][number]];
    const { port } = this.#cluster.balancer;
    for (let i = 0; i < names.length; i += AT_ONCE) {
      const group = names.slice(i, i + AT_ONCE);
      await program.registers(...group);
      const reading = group.filter((_, at) => i + at < readers);
      const users = group.slice(reading.length).map((name) => new User(name, undefined, port));
      const devices = reading.flatMap((name) => ['phone', 'laptop'].map((device) => new User(name, device, port)));
      this.#talkers = [...this.#talkers, ...users];
      this.#readers = [...this.#readers, ...devices];
      await Promise.all([...users, ...devices].map(({ online }) => online));
    }
  }

  /** Makes rooms and has everyone join. @returns where each talker writes to */
  async #places(): Promise<readonly (readonly Place[])[]> {
    const names = Array.from({ length: this.#options.rooms }, (_, i) => `#room-${i}`);
    const [keeper] = this.#readers as readonly [User];
    const everywhere = this.#readers.filter((_, i) => i % 2 === 0);
    for (const [i, room] of names.entries()) {
      await (everywhere[i % everywhere.length] as User).conversation.command('create', { room });
    }
    const join = async ({ conversation }: User, room: string) => {
      // Another server may learn of a new room a moment later.
      while (!(await conversation.command('join', { room }).catch(() => undefined))) await after(50);
    };
    await Promise.all(
      everywhere.map(async (user) => {
        for (const room of names) await join(user, room);
      }),
    );
    const inRoom = names.map((_, room) => this.#talkers.filter((_, i) => i % names.length === room));
    await Promise.all(this.#talkers.map((user, i) => join(user, names[i % names.length] as string)));
    return this.#talkers.map(({ user }, i) => {
      const room = i % names.length;
      const members = [...(inRoom[room] ?? []), ...everywhere].map((member) => member.user);
      const partner = (this.#talkers[i ^ 1] ?? keeper).user;
      const toRoom: Place = { to: names[room] as string, others: members.filter((other) => other !== user) };
      return [toRoom, { to: [partner], others: [partner] }];
    });
  }

  async #happen(began: number): Promise<void> {
    const { seconds, isWhole, longest } = this.#options;
    const mishaps = mishapsOf(this.#cluster, longest).filter(({ isMain }) => isMain || isWhole);
    for (let i = 0; i < mishaps.length || performance.now() - began < seconds * 1000; i++) {
      const { name, happens } = mishaps[i % mishaps.length] as (typeof mishaps)[number];
      await after(SHORTEST_QUIET + Math.random() * (longest - SHORTEST_QUIET));
      await happens();
      this.#happened.set(name, (this.#happened.get(name) ?? 0) + 1);
      const online = this.#users.filter(({ conversation }) => conversation.state.state === 'online').length;
      const answered = this.#sent.filter((message) => message.answered).length;
      this.#told(
        `${((performance.now() - began) / 1000).toFixed(1)} s: ${name}; ${online} online, ${answered} answered`,
      );
    }
  }

  /** Awaits that everyone is online and has everything. */
  async #settle(began: number): Promise<void> {
    const isDone = () =>
      this.#users.every(({ conversation: { state, pending } }) => state.state === 'online' && pending === 0) &&
      faults(this.#sent, this.#users).length === 0;
    while (!isDone() && performance.now() - began < PATIENCE) await after(500);
  }

  #wrong(): readonly string[] {
    const wrong = faults(this.#sent, this.#users).slice(0, 20);
    const ids = new Map<string, number>();
    for (const { user, arrivals, answers } of this.#users) {
      let last = 0;
      for (const { id, text } of arrivals) {
        // One id for everyone, and rising ids: the same order for everyone.
        if (id <= last) wrong.push(`${user} got '${text}' with the id ${id} after the id ${last}`);
        last = id;
      }
      for (const { id, text } of [...arrivals, ...answers]) {
        const known = ids.get(text) ?? id;
        ids.set(text, known);
        if (known !== id) wrong.push(`'${text}' has the ids ${known} and ${id}`);
      }
    }
    for (const { user, conversation } of this.#users) {
      const { state } = conversation;
      if (state.state !== 'online') wrong.push(`${user} is ${JSON.stringify(state)}`);
    }
    for (const { name, program } of this.#cluster.members) {
      for (const line of program.stderr.split('\n')) {
        if (WRONG.test(line) && !EXPECTED.test(line)) wrong.push(`${name} logged ${line.slice(0, 1000)}`);
      }
    }
    return wrong;
  }

  #report(seconds: number, settling: number): string {
    const users = this.#users;
    const answered = this.#sent.filter((message) => message.answered).length;
    const arrivals = users.reduce((sum, user) => sum + user.arrivals.length, 0);
    const returns = users.reduce((sum, user) => sum + user.returns, 0);
    const waits = users.flatMap((user) => user.waits).sort((a, b) => a - b);
    const wait = (part: number) => ((waits[Math.floor((waits.length - 1) * part)] ?? 0) / 1000).toFixed(2);
    return [
      `${seconds.toFixed(0)} s, ${SERVERS} servers, ${users.length} clients in ${this.#options.rooms} rooms`,
      `${this.#sent.length} messages sent, ${answered} answered sent:, ${arrivals} arrivals`,
      `an answer took ${wait(0.5)} s in the median, ${wait(0.99)} s at the 99th percentile, ${wait(1)} s at most`,
      `clients came back ${returns} times; everything had arrived ${settling.toFixed(1)} s after the last message`,
      ...[...this.#happened].map(([name, count]) => `${name}: ${count} times`),
    ].join('\n');
  }
}
