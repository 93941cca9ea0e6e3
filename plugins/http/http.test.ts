import { mkdtemp, rm } from 'node:fs/promises';
import { get as getSecurely } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectSecurely } from 'node:tls';
import { definePlugin, Http } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { makeCertificate, writeCertificate } from '../../test/support/certificate.ts';

/** Mounts handlers that answer with their path and the client's address. */
function echo(...paths: string[]) {
  return definePlugin({
    name: 'echo',
    summary: 'Answers requests',
    needs: { http: Http },
    setup: ({ http }) => ({
      start() {
        for (const path of paths) {
          http.mount(path, (request, response) => {
            if (request.url?.startsWith('/a/bug')) throw new Error('a bug');
            response.end(`${path} for ${http.addressOf(request)}`);
          });
        }
        http.upgrade('/bug', () => {
          throw new Error('a bug');
        });
      },
    }),
  });
}

const portOf = (server: TestServer) => Number(server.listening.get('https')?.split(':')[1]);

const PORT = { host: '127.0.0.1', port: 0 };

async function start(http: object, ...paths: string[]) {
  const server = await startServer({ http: { ...PORT, ...http }, echo: echo(...paths) }, { exempt: [] });
  const where = server.listening.get('http') ?? '';
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://${where}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  return { server, where, get };
}

describe('http', () => {
  test('the longest path wins, and an unmounted one is not found', async () => {
    const { server, get } = await start({}, '/', '/a', '/a/');
    await using _ = server;
    expect((await get('/')).text).toMatch(/^\/ for/);
    expect((await get('/a?x=/a/b')).text).toMatch(/^\/a for/);
    expect((await get('/a/b/c')).text).toMatch(/^\/a\/ for/);
    expect((await get('/ab')).text).toMatch(/^\/ for/);
  });

  test("a request in absolute form is for its target's path and host", async () => {
    const { server, where } = await start({}, '/', '/a');
    await using _ = server;
    const [host = '', port] = where.split(':');
    for (const [target, answer] of [
      ['http://localhost/a', '/a for'],
      ['HTTP://localhost:80/a?x=http://localhost/', '/a for'],
      ['http://localhost', '/ for'],
      ['http://localhost?x', '/ for'],
    ]) {
      const socket = connect(Number(port), host);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ignored\r\nConnection: close\r\n\r\n`);
      expect(await text(socket), target).toMatch(new RegExp(`^HTTP/1\\.1 200 .*${answer} 127`, 's'));
    }
  });

  test('a handler that throws answers 500 and is logged, and the others go on', async () => {
    const { server, get } = await start({}, '/a/');
    await using _ = server;
    expect((await get('/a/bug?token=secret')).status).toBe(500);
    expect(server.failures).toMatchObject([{ facts: { path: '/a/bug', err: { message: 'a bug' } } }]);
    expect((await get('/a/b')).status).toBe(200);
    expect((await get('/b')).status).toBe(404);
  });

  test('every answer allows a browser nothing, unless the handler overrides that', async () => {
    const { server, where } = await start({}, '/a/');
    await using _ = server;
    for (const path of ['/a/b', '/a/bug', '/nothing']) {
      const { headers } = await fetch(`http://${where}${path}`);
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'none'; frame-ancestors 'none'$/);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    }
  });

  test('a client that offers HTTP/2 is answered in HTTP/1.1', async () => {
    const { server, where } = await start({}, '/');
    await using _ = server;
    const [host = '', port] = where.split(':');
    const socket = connect(Number(port), host);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 .*for 127\.0\.0\.1/s);
  });

  test('only a listed proxy is trusted', async () => {
    const from = { 'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.0.0.2' };
    const trusting = await start({ proxies: ['127.0.0.1', '10.0.0.0/8'] }, '/');
    await using _ = trusting.server;
    expect((await trusting.get('/', from)).text).toBe('/ for 198.51.100.7');
    for (const [said, address] of [
      ['198.51.100.7:51234', '198.51.100.7'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:DB8::1]', '2001:db8::1'],
      ['2001:db8:0::1', '2001:db8::1'],
      ['::ffff:198.51.100.7', '198.51.100.7'],
      ['6.6.6.6, 198.51.100.7:443,\t10.0.0.2:8080', '198.51.100.7'],
      ['', '127.0.0.1'],
    ] as const) {
      expect((await trusting.get('/', { 'x-forwarded-for': said })).text, said).toBe(`/ for ${address}`);
    }
    const warnings = () => trusting.server.logged.filter(({ facts }) => facts.event === 'no-address');
    expect(warnings()).toEqual([]);
    for (const said of ['unknown', '198.51.100.0/24', '198.51.100.7:99999']) {
      expect((await trusting.get('/', { 'x-forwarded-for': said })).text, said).toBe('/ for 127.0.0.1');
    }
    expect(warnings()).toMatchObject([{ level: 'warn', facts: { address: '127.0.0.1', said: 'unknown' } }]);
    const plain = await start({}, '/');
    await using __ = plain.server;
    expect((await plain.get('/', from)).text).toBe('/ for 127.0.0.1');
  });

  test('connections from one network are limited, except from proxies', async () => {
    for (const [proxies, allowed] of [
      [[], false],
      [['127.0.0.1'], true],
    ] as const) {
      const { server, where } = await start({ perNetwork: 2, proxies }, '/');
      await using _ = server;
      const [host = '', port] = where.split(':');
      const open = () => {
        const socket = connect(Number(port), host).on('error', () => {});
        socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
        const answered = Promise.withResolvers<boolean>();
        socket.once('data', () => answered.resolve(true));
        socket.once('close', () => answered.resolve(false));
        return { socket, answered: answered.promise };
      };
      const first = open();
      expect(await first.answered).toBe(true);
      expect(await open().answered).toBe(true);
      expect(await open().answered).toBe(allowed);
      expect(server.limitHits).toEqual(allowed ? {} : { 'http-connections-per-network': 1 });
      first.socket.destroy();
      await expect.poll(() => open().answered).toBe(true);
    }
  });

  test('connections in all are limited', async () => {
    const { server, where } = await start({ maxConnections: 1 }, '/');
    await using _ = server;
    const [host = '', port] = where.split(':');
    const first = connect(Number(port), host);
    first.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => first.once('data', resolve));
    const second = connect(Number(port), host).on('error', () => {});
    await new Promise((resolve) => second.once('close', resolve));
    expect(server.limitHits).toEqual({ 'http-connections': 1 });
    first.destroy();
  });

  test('bytes that are not HTTP, and an upgrade that is unknown or fails, are answered and closed', async () => {
    const { server, where } = await start({}, '/');
    await using _ = server;
    const [host = '', port] = where.split(':');
    for (const [said, answer] of [
      ['hello\r\n\r\n', 'HTTP/1.1 400 '],
      ['GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 'HTTP/1.1 404 '],
      ['GET /bug HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 'HTTP/1.1 500 '],
    ] as const) {
      // It leaves its own side open: the server closes both.
      const socket = connect({ port: Number(port), host, allowHalfOpen: true });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => {}).write(said);
      const writing = setInterval(() => socket.write('more'), 20);
      expect(await text(socket)).toContain(answer);
      await closed;
      clearInterval(writing);
    }
  });

  test('with a certificate the port speaks HTTPS; one without its key is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-http-'));
    try {
      const pair = makeCertificate();
      await writeCertificate(folder, pair);
      const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
      await using server = await startServer({ http: { ...PORT, ...files }, echo: echo('/') });
      const where = server.listening.get('https');
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      getSecurely(`https://${where}/`, { ca: pair.certificate, agent: false }, (answer) => resolve(text(answer))).on(
        'error',
        reject,
      );
      expect(await promise).toBe('/ for 127.0.0.1');
      const limits = { exempt: [] };
      await using bounded = await startServer({ http: { ...PORT, ...files, handshakesPerNetwork: 2 } }, limits);
      const closed = async () => {
        const socket = connectSecurely({ host: '127.0.0.1', port: portOf(bounded), rejectUnauthorized: false });
        return new Promise((end) => socket.on('error', () => end(true)).once('secureConnect', () => end(false)));
      };
      expect([await closed(), await closed(), await closed()]).toEqual([false, false, true]);
      expect(bounded.limitHits).toEqual({ 'handshakes-per-network': 1 });
      await expect(startServer({ http: { certificate: files.certificate } })).rejects.toThrow(
        /plugins\.http.*set both certificate and key/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
