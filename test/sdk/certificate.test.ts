import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Logger, watchedCertificate } from 'chatserv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeCertificate, type TestCertificate, writeCertificate } from '../support/certificate.ts';

let folder: string;
let leaving: AbortController;
let log: Log;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-certificate-'));
  leaving = new AbortController();
  log = new Log();
});
afterEach(async () => {
  leaving.abort();
  await rm(folder, { recursive: true, force: true });
});

const watched = (at = folder) =>
  watchedCertificate({ certificate: join(at, 'cert.pem'), key: join(at, 'key.pem') }, log, leaving.signal);

/** A key under a passphrase; what it holds is not looked at. */
const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n';

describe('at first', () => {
  const good = makeCertificate();
  const other = makeCertificate();

  test.each<[string, Partial<TestCertificate>, RegExp]>([
    ['no certificate', { key: good.key }, /^the certificate \S+cert\.pem cannot be read \(ENOENT.*set the option/],
    ['no key', { certificate: good.certificate }, /^the key \S+key\.pem cannot be read \(ENOENT.*set the option key/],
    ['an empty certificate', { certificate: '', key: good.key }, /^the certificate \S+ is not in PEM format/],
    ['a cut off certificate', { ...good, certificate: good.certificate.slice(0, 200) }, /is not in PEM format/],
    ['a key that is none', { ...good, key: 'secret' }, /^the key \S+key\.pem is not a private key in PEM format/],
    ['an encrypted key', { ...good, key: ENCRYPTED }, /^the key \S+ is encrypted: store it without a passphrase/],
    ['the key of another', { ...good, key: other.key }, /^the key \S+ does not match the certificate \S+: use/],
    ['the two swapped', { certificate: good.key, key: good.certificate }, /^the certificate \S+ is not in PEM format/],
  ])('%s is one clear sentence', async (_what, { certificate, key }, sentence) => {
    if (certificate !== undefined) await writeFile(join(folder, 'cert.pem'), certificate);
    if (key !== undefined) await writeFile(join(folder, 'key.pem'), key);
    await expect(watched()).rejects.toThrow(sentence);
  });

  test('one that has expired is used, and the log says so', async () => {
    await writeCertificate(folder, makeCertificate('old', -1));
    await watched();
    expect(log.said).toEqual([expect.stringMatching(/^warn: the certificate \S+ expired on 2\S+, and clients/)]);
  });
});

test('one that should have been renewed is spoken of, and not again at each look', async () => {
  await writeCertificate(folder, makeCertificate('one', 30));
  await watched();
  expect(log.said).toEqual([]);
  // Three days are left then of 31: less than a fifth.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 27 * 86_400_000 });
  try {
    await vi.waitFor(() => expect(log.said).toHaveLength(1), { timeout: 20_000 });
    expect(log.said).toEqual([expect.stringMatching(/^warn: the certificate expires soon/)]);
    vi.setSystemTime(Date.now() + 90_000_000);
    await vi.waitFor(() => expect(log.said).toHaveLength(2), { timeout: 20_000 });
  } finally {
    vi.useRealTimers();
  }
});

describe('a change', () => {
  test('by rename is in use for who comes then, and who is connected stays', async () => {
    await writeCertificate(folder, makeCertificate('one'));
    await using server = await serve();
    const early = await server.connect();
    expect(nameOf(early)).toBe('one');
    await writeCertificate(folder, makeCertificate('two'));
    await log.says(/^info: certificate reloaded/);
    const late = await server.connect();
    expect(nameOf(late)).toBe('two');
    for (const client of [early, late]) {
      client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
      expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1.1 204/);
    }
  });

  test('by a link that leads elsewhere, as certbot and Kubernetes do it', async () => {
    for (const name of ['one', 'two']) {
      await mkdir(join(folder, name));
      await writeCertificate(join(folder, name), makeCertificate(name));
    }
    await symlink('one', join(folder, 'live'));
    await using server = await serve(join(folder, 'live'));
    await symlink('two', join(folder, 'live.new'));
    await rename(join(folder, 'live.new'), join(folder, 'live'));
    await log.says(/^info: certificate reloaded/);
    expect(await server.shows()).toBe('two');
  });

  test.each<[string, (folder: string) => Promise<void>, RegExp]>([
    [
      'whose key is missing',
      async (folder) => {
        await writeFile(join(folder, 'cert.pem'), makeCertificate('two').certificate);
        await rm(join(folder, 'key.pem'));
      },
      /the certificate was not reloaded, and the previous one stays in use: the key \S+ cannot be read/,
    ],
    [
      'that is half written',
      (folder) => writeFile(join(folder, 'cert.pem'), makeCertificate('two').certificate.slice(0, 300)),
      /the certificate was not reloaded, and the previous one stays in use: the certificate \S+ is not in PEM format/,
    ],
    [
      'of a pair that does not match',
      (folder) => writeFile(join(folder, 'cert.pem'), makeCertificate('two').certificate),
      /the certificate was not reloaded, and the previous one stays in use: the key \S+ does not match/,
    ],
    [
      'to one that has expired',
      (folder) => writeCertificate(folder, makeCertificate('two', -2)),
      /the certificate was not reloaded, and the previous one stays in use: the certificate \S+ expired on/,
    ],
  ])('%s leaves the old one in use, until it is right', async (_what, change, sentence) => {
    await writeCertificate(folder, makeCertificate('one'));
    await using server = await serve();
    await change(folder);
    await log.says(sentence);
    expect(await server.shows()).toBe('one');
    await writeCertificate(folder, makeCertificate('three'));
    await log.says(/^info: certificate reloaded/);
    expect(await server.shows()).toBe('three');
    expect(log.said).toHaveLength(2);
  });
});

test('TLS 1.1 and ciphers without forward secrecy are refused', async () => {
  await writeCertificate(folder, makeCertificate());
  await using server = await serve();
  await expect(server.connect({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  await expect(server.connect({ maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' })).rejects.toThrow();
  const client = await server.connect({ maxVersion: 'TLSv1.2' });
  expect(client.getCipher().name).toMatch(/^ECDHE-/);
});

/** A server of HTTPS with the watched certificate. */
async function serve(at = folder) {
  const server = createServer((_request, response) => response.writeHead(204).end());
  (await watched(at)).renews(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = new Set<TLSSocket>();
  async function connects(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    clients.add(client);
    await once(client, 'secureConnect');
    return client;
  }
  return {
    connect: connects,
    /** The name on the certificate that a new client is shown. */
    shows: async () => nameOf(await connects()),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function nameOf(client: TLSSocket): unknown {
  return client.getPeerCertificate().subject.CN;
}

/** A log that can be waited for. */
class Log implements Logger {
  readonly said: string[] = [];
  #wake = Promise.withResolvers<void>();

  debug = (_facts: object, text: string) => this.#add(`debug: ${text}`);
  info = (_facts: object, text: string) => this.#add(`info: ${text}`);
  warn = (_facts: object, text: string) => this.#add(`warn: ${text}`);
  error = (_facts: object, text: string) => this.#add(`error: ${text}`);

  async says(pattern: RegExp): Promise<void> {
    while (!this.said.some((text) => pattern.test(text))) await this.#wake.promise;
  }

  #add(text: string): void {
    this.said.push(text);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
