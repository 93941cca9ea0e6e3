import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectPlainly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { LineClient, startServer, type TestServer } from 'chatserv/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCertificate, writeCertificate } from '../../test/support/certificate.ts';

let folder: string;
let files: { certificate: string; key: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-tls-'));
  files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
});
afterEach(() => rm(folder, { recursive: true }));

const portOf = (server: TestServer) => Number(server.listening.get('tls')?.split(':')[1]);

async function open(server: TestServer): Promise<{ socket: TLSSocket; client: LineClient }> {
  const socket = connect({ port: portOf(server), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return { socket, client: new LineClient(socket, 'a client', () => server.clock.now()) };
}

/** Awaits an entry of the log. */
async function logs(server: TestServer, event: string): Promise<void> {
  while (!server.logged.some(({ facts }) => facts.event === event)) await new Promise((wake) => setTimeout(wake, 20));
}

test('a new certificate is shown to who comes then, and who is connected chats on', async () => {
  await writeCertificate(folder, makeCertificate('one'));
  await using server = await startServer({ tls: { port: 0, ...files } });
  const early = await open(server);
  await early.client.registers('alice', 'tea-at-four');
  await early.client.logsIn('alice', 'tea-at-four');
  await writeCertificate(folder, makeCertificate('two'));
  await logs(server, 'certificate-renewed');
  const late = await open(server);
  expect([early, late].map(({ socket }) => socket.getPeerCertificate().subject.CN)).toEqual(['one', 'two']);
  expect(await early.client.asks('who')).toBe('alice');
  for (const { client } of [early, late]) await client.closes();
});

test('who does not end the handshake is closed, and counts as connected until then', async () => {
  await writeCertificate(folder, makeCertificate());
  await using server = await startServer({ tls: { port: 0, ...files, handshakeTime: 5 } });
  const slow = connectPlainly(portOf(server), '127.0.0.1');
  slow.write(Buffer.from('1603', 'hex'));
  const closed = once(slow.resume(), 'close');
  while ([...server.host.kernel.sessions()].length === 0) await new Promise(setImmediate);
  const { client } = await open(server);
  expect(await client.asks('alice')).toBe('register');
  server.clock.advance(5);
  await closed;
  expect(await client.asks('n')).toBe('username');
  expect([...server.host.kernel.sessions()]).toHaveLength(1);
  expect(server.logged).toContainEqual(
    expect.objectContaining({
      level: 'info',
      facts: { event: 'handshake-failed', address: '127.0.0.1', because: 'it took too long' },
    }),
  );
  expect(server.limitHits).toEqual({ 'handshake-time': 1 });
  await client.closes();
});

test('a network begins so many handshakes in a minute, and more are closed before they cost anything', async () => {
  await writeCertificate(folder, makeCertificate());
  await using server = await startServer(
    { tls: { port: 0, ...files, handshakesPerNetwork: 3 }, connections: false },
    { exempt: [] },
  );
  const shakes = () => open(server).then(({ client }) => client.closes());
  for (let i = 0; i < 3; i++) await shakes();
  await expect(shakes()).rejects.toThrow(/disconnected|ECONNRESET/);
  expect(server.limitHits).toEqual({ 'handshakes-per-network': 1 });
  server.clock.advance(20);
  await shakes();
  await expect(shakes()).rejects.toThrow(/disconnected|ECONNRESET/);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'who wants to begin the handshake of %s again is closed',
  async (version) => {
    await writeCertificate(folder, makeCertificate());
    await using server = await startServer({ tls: { port: 0, ...files } });
    const socket = connect({
      port: portOf(server),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
    });
    await once(socket, 'secureConnect');
    const { promise: failed, resolve } = Promise.withResolvers<unknown>();
    socket.once('error', resolve);
    // TLS 1.3 has nothing like it, so that the client refuses by itself.
    const begun = socket.renegotiate({ rejectUnauthorized: false }, (cause) => cause && resolve(cause));
    if (begun) expect(await failed).toBeInstanceOf(Error);
    socket.destroy();
    const { client } = await open(server);
    expect(await client.asks('alice')).toBe('register');
    await client.closes();
  },
);

test.each([
  ['HTTP', 'GET / HTTP/1.1\r\n\r\n'],
  ['plain lines', 'alice\n'],
  ['a handshake that is none', Buffer.alloc(100_000, 0x16)],
])('who speaks %s is closed, and nobody else', async (_what, said) => {
  await writeCertificate(folder, makeCertificate());
  await using server = await startServer({ tls: { port: 0, ...files } });
  const socket = connectPlainly(portOf(server), '127.0.0.1');
  socket.on('error', () => {}).write(said);
  await new Promise((resolve) => socket.resume().once('close', resolve));
  const { client } = await open(server);
  expect(await client.asks('alice')).toBe('register');
  expect(server.failures).toEqual([]);
  await client.closes();
});

test('files that are no good are a sentence before anything listens', async () => {
  await expect(startServer({ tls: { port: 0, ...files } })).rejects.toThrow(
    /^The plugin 'tls' could not be set up: the certificate \S+ cannot be read \(ENOENT.*set the option certificate/,
  );
  await expect(startServer({ tls: true })).rejects.toThrow(/plugins\.tls\.certificate/);
});
