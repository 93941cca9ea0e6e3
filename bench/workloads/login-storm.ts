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
  const [began, cpuBefore] = [performance.now(), server.cpu()];
  const times: number[] = [];
  let refused = 0;
  const comeBack = async ([name, login]: [string, string]): Promise<Client> => {
    for (;;) {
      const client = await load.connect(name);
      const answer = await client.ask(login);
      if (json.isIn(answer)) {
        times.push(performance.now() - began);
        return client;
      }
      client.close();
      if (!/busy|closed/.test(answer)) throw new Error(`${name} was answered ${answer}`);
      refused++;
      await after(50 + Math.random() * 200);
    }
  };
  const clients = await Promise.all([...logins].map(comeBack));
  const cpu = server.cpu() - cpuBefore;
  const readings = await server.probe();
  for (const client of clients) client.close();
  await server.stop();
  return {
    allInMs: Math.max(...times),
    loopDelayP99: readings?.delayP99 ?? Number.NaN,
    cpuPerLogin: cpu / logins.size,
    loginsPerSecond: (logins.size * 1000) / Math.max(...times),
    refused,
  };
}
