import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LineClient } from 'chatserv/testing';
import { defaultLoaders } from 'cosmiconfig';
import { describe, expect, test } from 'vitest';
import { until } from '../support/attacker.ts';
import { HAPROXY } from '../support/haproxy-program.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program, type ProgramConfig, startProgram } from '../support/program.ts';

const FOLDER = fileURLToPath(new URL('../../packaging/cluster/', import.meta.url));

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly networks?: { readonly default: { readonly ipv4_address: string } };
}

const file = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8');
const read = defaultLoaders['.yaml']('compose.yaml', file) as {
  services: Record<string, Service & { '<<'?: Service }>;
  volumes: object;
};
// YAML 1.2 has no merge keys; Compose does.
const services: Readonly<Record<string, Service>> = Object.fromEntries(
  Object.entries(read.services).map(([name, service]) => [name, { ...service['<<'], ...service }]),
);

/** The names of the services with images of that name. */
function servicesOf(image: string): string[] {
  return Object.keys(services).filter((name) => services[name]?.image.split(':')[0] === image);
}

/** The files and the named volumes that a service has, and where. */
function mountsOf(name: string): string[][] {
  return (services[name]?.volumes ?? []).map((mount) => mount.split(':'));
}

/** The text of the file that a service has at that place. */
function mounted(name: string, place: string): string {
  const [from = ''] = mountsOf(name).find(([, to]) => to === place) ?? [];
  return readFileSync(join(FOLDER, from), 'utf8');
}

test('what the services mount, are built from and depend on is there', () => {
  for (const [name, { build, depends_on = {} }] of Object.entries(services)) {
    for (const [from = ''] of mountsOf(name))
      expect(from in read.volumes || existsSync(join(FOLDER, from)), from).toBe(true);
    for (const other of Object.keys(depends_on)) expect(services).toHaveProperty(other);
    if (build) expect(existsSync(join(FOLDER, build.context, build.dockerfile))).toBe(true);
  }
});

describe.runIf(POSTGRES && NATS && HAPROXY)('with the programs in place of the images', () => {
  const postgres = usePostgres();

  /** On Linux any of 127.0.0.0/8 is this machine: every service gets an address there, and the ports of its config. */
  const net = `127.${1 + (process.pid % 250)}.${1 + (Math.floor(process.pid / 250) % 250)}.`;
  const here = (text: string) => text.replaceAll('172.29.41.', net);
  const addressOf = (name: string) => here(services[name]?.networks?.default.ipv4_address ?? '');
  /** A config of a service with the addresses here. */
  const configHere = (name: string, place: string) =>
    here(mounted(name, place))
      .replaceAll('0.0.0.0', addressOf(name))
      .replaceAll(/(?<=\/\/)nats-\d/g, addressOf);

  const startNats = async (name: string, folder: string): Promise<ChildProcess> => {
    const config = join(folder, `${name}.conf`);
    writeFileSync(config, configHere(name, '/etc/nats/nats.conf').replace('/data', join(folder, name)));
    const args = (services[name]?.command ?? []).map((word) => (word === '/etc/nats/nats.conf' ? config : word));
    const child = spawn(NATS ?? '', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: child.stderr })) if (line.includes('Server is ready')) break;
    child.stderr.resume();
    return child;
  };

  const startServer = (name: string): Promise<Program> => {
    const { plugins } = JSON.parse(configHere(name, '/srv/chatserv/chatserv.config.json')) as Required<ProgramConfig>;
    return startProgram({ plugins: { ...plugins, postgres: { url: postgres.url } } }, { env: { LOG_LEVEL: 'info' } });
  };

  const startHaproxy = async (folder: string): Promise<ChildProcess> => {
    const address = addressOf('haproxy');
    const config = join(folder, 'haproxy.cfg');
    const text = mounted('haproxy', '/usr/local/etc/haproxy/haproxy.cfg').replaceAll('bind :', `bind ${address}:`);
    // Servers trust the balancer by its address. A test may open fewer files.
    writeFileSync(config, text.replace('defaults\n', `defaults\n  source ${address}\n`).replace('20000', '100'));
    const addresses = Object.entries(services.haproxy?.environment ?? {}).map(([name, value]) => [name, here(value)]);
    const child = spawn(HAPROXY ?? '', ['-db', '-f', config], {
      stdio: 'ignore',
      env: { ...process.env, ...Object.fromEntries(addresses) },
    });
    await until('HAProxy to listen', () => isOpen(4119, address));
    return child;
  };

  test('they serve one chat, also after a server and a NATS server were killed', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatserv-compose-'));
    await using ends = new AsyncDisposableStack();
    ends.defer(() => rmSync(folder, { recursive: true }));
    const endsWith = (child: ChildProcess) => ends.defer(() => killed(child));
    const buses = await Promise.all(servicesOf('nats').map((name) => startNats(name, folder)));
    buses.forEach(endsWith);
    const servers = await Promise.all(servicesOf('chatserv').map(startServer));
    for (const server of servers) ends.use(server);
    for (const server of servers) await server.complains(/nats-back/);
    endsWith(await startHaproxy(folder));

    await servers[0]?.registers('alice', 'bob', 'carol', 'dave', 'erin');
    const joins = async (name: string) => {
      for (;;) {
        const client = await LineClient.connect(4119, addressOf('haproxy'), { name });
        ends.defer(() => client.closes());
        await client.says(name);
        await client.sees('password');
        await client.says(PASSWORD);
        // The NATS servers elect a leader at their start, and when one is gone; until then a login has to be tried again.
        if ((await client.sees(/^(welcome|closing:busy)$/)) === 'welcome') return client;
        await client.isClosed();
      }
    };
    const counts = () => Promise.all(servers.map(async (server) => (await server.facts()).sessions));
    const alice = await joins('alice');
    const first = servers[(await counts()).indexOf(1)];
    const others = [await joins('bob'), await joins('carol')];
    expect(await counts()).toEqual([1, 1, 1]);
    await alice.says('broadcast hello');
    await alice.sees('sent:');
    for (const other of others) await other.hears('alice', 'hello');

    await first?.kill();
    await alice.isGone();
    const dave = await joins('dave');
    await dave.says('broadcast without a server');
    for (const other of others) await other.hears('dave', 'without a server');

    await killed(buses[0] as ChildProcess);
    const erin = await joins('erin');
    await erin.says('broadcast without a NATS server');
    for (const other of others) await other.hears('erin', 'without a NATS server');
  });
});

function isOpen(port: number, host: string): Promise<boolean> {
  const socket = connect(port, host);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
