import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { startServer, type TestServer } from 'chatserv/testing';
import { transportContract } from 'chatserv/testing/contracts';
import { afterAll } from 'vitest';
import { makeCertificate, writeCertificate } from '../support/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatserv-transports-'));
afterAll(() => rmSync(folder, { recursive: true }));

const certificate = makeCertificate();
const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };

async function connected(where: NetConnectOpts): Promise<Socket> {
  const socket = connect(where);
  await once(socket, 'connect');
  return socket;
}

function portOf(server: TestServer, transport: string): { host: string; port: number } {
  const [host = '', port] = server.listening.get(transport)?.split(':') ?? [];
  return { host, port: Number(port) };
}

/** The contract sends more at once than a client should. */
const NO_RATES = { linesPerSecond: 0, bytesPerSecond: 0 };

transportContract('memory', async () => {
  const server = await startServer({}, NO_RATES);
  return { server, connect: async () => server.open() };
});

transportContract('tcp', async () => {
  const server = await startServer({ tcp: { port: 0 } }, NO_RATES);
  return { server, connect: () => connected(portOf(server, 'tcp')) };
});

transportContract('tcp behind a proxy', async () => {
  const server = await startServer({ tcp: { port: 0, proxies: ['127.0.0.1'] } }, NO_RATES);
  return {
    server,
    async connect() {
      const socket = await connected(portOf(server, 'tcp'));
      socket.write('PROXY TCP4 192.0.2.7 192.0.2.1 4711 4119\r\n');
      return socket;
    },
  };
});

transportContract('tls', async () => {
  await writeCertificate(folder, certificate);
  const server = await startServer({ tls: { port: 0, ...files } }, NO_RATES);
  return {
    server,
    async connect() {
      const socket = connectSecurely({ ...portOf(server, 'tls'), ca: certificate.certificate });
      await once(socket, 'secureConnect');
      return socket;
    },
  };
});

transportContract('tls behind a proxy', async () => {
  await writeCertificate(folder, certificate);
  const server = await startServer({ tls: { port: 0, ...files, proxies: ['127.0.0.1'] } }, NO_RATES);
  return {
    server,
    async connect() {
      const plain = await connected(portOf(server, 'tls'));
      plain.write('PROXY TCP4 192.0.2.7 192.0.2.1 4711 4120\r\n');
      const socket = connectSecurely({ socket: plain, host: '127.0.0.1', ca: certificate.certificate });
      await once(socket, 'secureConnect');
      return socket;
    },
  };
});

transportContract('unix', async () => {
  const socket = join(folder, 'chat.sock');
  const server = await startServer({ unix: { socket } }, NO_RATES);
  return { server, connect: () => connected({ path: socket }) };
});
