/** Many logins at once, as after a restart or a network failure. */
import { setTimeout as after } from 'node:timers/promises';
import type { Client } from '../clients/client.ts';
import { json, newcomers, resumption } from '../clients/json.ts';
import { Load } from '../load.ts';
import type { Row } from '../report/results.ts';
import type { Server } from '../servers/server.ts';
import type { Workload } from './workload.ts';

/** All users come back at once, with their passwords, which are hashed, or with resume tokens. */
export function loginStorm(count: number, by: 'password' | 'token'): Workload {
  return async (start, { scale }) => {
    const server = await start();
    const load = new Load(server, newcomers);
    const before = await load.logIn(Math.ceil(count * scale));
    load.close();
    const line = ({ name, welcome }: Client) => (by === 'password' ? json.login(name) : resumption(welcome));
    return storm(server, load, new Map(before.map((client) => [client.name, line(client)])));
  };
}

/** All connect and log in at once; refused clients retry. */
async function storm(server: Server, load: Load, logins: ReadonlyMap<string, string>): Promise<Row> {
  await server.probe();
  const cpuBefore = server.cpu();
  const returns = new Returns(load, logins);
  await returns.all();
  const cpu = server.cpu() - cpuBefore;
  const readings = await server.probe();
  returns.close();
  await server.stop();
  return {
    allInMs: Math.max(...returns.times),
    loopDelayP99: readings?.delayP99 ?? Number.NaN,
    cpuPerLogin: cpu / logins.size,
    loginsPerSecond: (logins.size * 1000) / Math.max(...returns.times),
    refused: returns.refused,
  };
}

/** Users who come back; those who are refused try again. */
export class Returns {
  /** When each user was in, from the start of all, and how long the last attempt took; in milliseconds. */
  readonly times: number[] = [];
  readonly durations: number[] = [];
  refused = 0;
  readonly #load: Load;
  readonly #logins: ReadonlyMap<string, string>;
  readonly #wait: (attempt: number) => number;
  readonly #clients: Client[] = [];

  /**
   * @param logins the line with which each user logs in, by name
   * @param wait before the first attempt, number 0, and further ones, in milliseconds; the second one follows the first refusal
   */
  constructor(
    load: Load,
    logins: ReadonlyMap<string, string>,
    wait = (attempt: number) => (attempt === 0 ? 0 : 50 + Math.random() * 200),
  ) {
    this.#load = load;
    this.#logins = logins;
    this.#wait = wait;
  }

  /** All come back at the same time. */
  async all(): Promise<void> {
    await this.inGroups(this.#logins.size);
  }

  /** So many come back at a time. */
  async inGroups(atOnce: number): Promise<void> {
    const began = performance.now();
    const waiting = [...this.#logins];
    const next = async (): Promise<void> => {
      for (let login = waiting.shift(); login; login = waiting.shift()) await this.#comeBack(login, began);
    };
    await Promise.all(Array.from({ length: atOnce }, next));
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  async #comeBack([name, login]: readonly [name: string, line: string], began: number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await after(this.#wait(attempt));
      const tried = performance.now();
      const client = await this.#load.connect(name);
      const answer = await client.ask(login);
      if (json.isIn(answer)) {
        this.times.push(performance.now() - began);
        this.durations.push(performance.now() - tried);
        this.#clients.push(client);
        return;
      }
      client.close();
      if (!/busy|closed/.test(answer)) throw new Error(`${name} was answered ${answer}`);
      this.refused++;
    }
  }
}
