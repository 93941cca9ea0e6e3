import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type TestPlugins } from 'chatserv/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endsOf, isTold } from '../../src/sdk/proc-net-tcp.ts';
import { makeCertificate, writeCertificate } from '../support/certificate.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-probing-'));
  await writeCertificate(folder, makeCertificate());
});
afterAll(() => rm(folder, { recursive: true }));

/** In how many seconds the system will probe the other end of the server's side of a connection, if it will. */
async function probedIn(client: Socket): Promise<number | undefined> {
  const [mine = '', its = ''] = endsOf(client)?.split(' ') ?? [];
  const page = await readFile('/proc/net/tcp', 'latin1');
  const [, jiffies = ''] = new RegExp(` ${its} ${mine} .. \\w+:\\w+ 02:(\\w+)`).exec(page) ?? [];
  return jiffies === '' ? undefined : Number.parseInt(jiffies, 16) / 100;
}

test.skipIf(!isTold).each(['tcp', 'tls', 'http', 'https'])(
  'over %s silent clients are probed after the time of the option',
  async (kind) => {
    const certificate = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const plugins: Readonly<Record<string, TestPlugins>> = {
      tcp: { tcp: { port: 0, probeTime: 1000 } },
      tls: { tls: { port: 0, probeTime: 1000, ...certificate } },
      http: { http: { port: 0, probeTime: 1000 } },
      https: { http: { port: 0, probeTime: 1000, ...certificate } },
    };
    await using server = await startServer(plugins[kind]);
    const client = connect(Number(server.listening.get(kind)?.split(':')[1]), '127.0.0.1').on('error', () => {});
    await once(client, 'connect');
    // The server may come to it later than its client.
    await expect.poll(() => probedIn(client), { timeout: 30_000 }).toBeGreaterThan(900);
    expect(await probedIn(client)).toBeLessThanOrEqual(1000);
    client.destroy();
  },
);
