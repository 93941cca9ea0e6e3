import { setTimeout as after, setImmediate as turn } from 'node:timers/promises';
import { Client } from '../clients/client.ts';
import { Counters } from '../clients/counters.ts';
import { json, resumption } from '../clients/json.ts';
import { line } from '../clients/line.ts';
import { timedText } from '../clients/text.ts';
import { Load } from '../load.ts';
import type { Server } from '../servers/server.ts';
import { reaches } from './open-loop.ts';
import { reloads } from './others.ts';
import { Rate } from './rate.ts';
import type { Effort, Workload } from './workload.ts';

/** Per second. */
const [MESSAGES, BROADCASTS, QUERIES] = [50, 20, 50];

/** Durable direct messages and, beside them, what needs no commit: broadcasts to online users and a read-only command. */
export function slowDisk(clients: number): Workload {
  return async (start, { seconds, warmUp }) => {
    const server = await start();
    const talk = await Talk.begin(server, clients);
    await talk.run(warmUp);
    const row = await talk.run(seconds);
    talk.close();
    await server.stop();
    return row;
  };
}

/** Something that happens on a server with a slow disk. */
interface Event {
  happen(): Promise<unknown>;
  close(): void;
}

/** The same beside an event, compared with the same before it. */
export function slowDiskBeside(clients: number, prepare: (server: Server, effort: Effort) => Promise<Event>): Workload {
  return async (start, effort) => {
    const server = await start();
    const event = await prepare(server, effort);
    const talk = await Talk.begin(server, clients);
    await talk.run(effort.warmUp);
    const quiet = await talk.run(effort.seconds);
    const began = performance.now();
    const happening = event.happen().then(() => performance.now() - began);
    const beside = await talk.run(Promise.all([happening, after(effort.seconds * 1000)]));
    talk.close();
    event.close();
    await server.stop();
    return {
      ...beside,
      quietP99: quiet.durableP99,
      p99BesideQuiet: beside.durableP99 / quiet.durableP99,
      broadcastBesideQuiet: beside.broadcastP99 / quiet.broadcastP99,
      queryBesideQuiet: beside.queryP99 / quiet.queryP99,
      tookMs: await happening,
    };
  };
}

/** Sessions that are not of the talk. */
async function visitors(server: Server, count: number): Promise<Load> {
  const load = new Load(server, json, 'visitor');
  await load.logIn(count);
  return load;
}

/** Sessions resume at once. */
export const resuming =
  (count: number) =>
  async (server: Server, { scale }: Effort): Promise<Event> => {
    const load = await visitors(server, Math.ceil(count * scale));
    load.close();
    const resume = async ({ name, welcome }: Client): Promise<Client> => {
      const client = await load.connect(name);
      const answer = await client.ask(resumption(welcome));
      if (!json.isIn(answer)) throw new Error(`${name} was answered ${answer}`);
      return client;
    };
    const resumed: Client[] = [];
    return {
      async happen() {
        // One connection per turn: opening all of them in one would delay the talk, which this process measures.
        const pending: Promise<Client>[] = [];
        for (const client of load.clients) {
          pending.push(resume(client));
          await turn();
        }
        resumed.push(...(await Promise.all(pending)));
      },
      close() {
        for (const client of resumed) client.close();
      },
    };
  };

/** Reloads while sessions are idle. */
export const reloading =
  (sessions: number) =>
  async (server: Server, effort: Effort): Promise<Event> => {
    const load = await visitors(server, Math.ceil(sessions * effort.scale));
    return { happen: () => reloads(server, effort), close: () => load.close() };
  };

/** A talk at fixed rates. */
class Talk {
  readonly #load: Load;
  readonly #broadcaster: Client;
  readonly #asker: Client;
  readonly #broadcasts: Counters;
  readonly #queries: Counters;

  private constructor(load: Load, broadcaster: Client, asker: Client, broadcasts: Counters, queries: Counters) {
    this.#load = load;
    this.#broadcaster = broadcaster;
    this.#asker = asker;
    this.#broadcasts = broadcasts;
    this.#queries = queries;
  }

  static async begin(server: Server, clients: number): Promise<Talk> {
    const load = new Load(server);
    await load.logIn(clients);
    const [broadcasts, queries] = [new Counters(), new Counters()];
    const broadcaster = await Client.connect('broadcaster', server.port, line, broadcasts);
    const asker = await Client.connect('asker', server.port, line, queries);
    await Promise.all([broadcaster.logIn(), asker.logIn()]);
    return new Talk(load, broadcaster, asker, broadcasts, queries);
  }

  /** Talks for some seconds, or until a promise settles. */
  async run(until: number | Promise<unknown>) {
    const [, writer] = this.#load.clients;
    const all = [this.#load.counters, this.#broadcasts, this.#queries];
    for (const each of all) each.reset();
    const rates = [
      new Rate(MESSAGES, (due) => writer?.sendTimed(line.direct('u0', timedText(100, due)), due)),
      new Rate(BROADCASTS, (due) => this.#broadcaster.sendTimed(line.broadcast('x'.repeat(100)), due)),
      new Rate(QUERIES, (due) => this.#asker.sendTimed(line.query, due)),
    ];
    await (typeof until === 'number' ? after(until * 1000) : until);
    for (const rate of rates) rate.stop();
    await reaches(() => all.every(({ answered }, i) => answered >= (rates[i]?.count ?? 0)));
    const p99 = ({ answers }: Counters) => answers.percentile(0.99);
    return {
      broadcastP99: p99(this.#broadcasts),
      queryP99: p99(this.#queries),
      durableP99: p99(this.#load.counters),
      durableMax: this.#load.counters.answers.max,
      sendDelayP99: Math.max(...rates.map(({ delays }) => delays.percentile(0.99))),
    };
  }

  close(): void {
    this.#load.close();
    this.#broadcaster.close();
    this.#asker.close();
  }
}
