import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { definePlugin, Http } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** An endpoint whose answers a test gives, and what it was asked. */
function endpoint() {
  const asked: string[] = [];
  const bodies: string[] = [];
  let open: (() => void)[] = [];
  const plugin = definePlugin({
    name: 'endpoint',
    summary: 'Answers when it is told to',
    needs: { http: Http },
    setup: ({ http }) => ({
      start() {
        http.mount('/', async (request, response) => {
          asked.push(request.url ?? '');
          const { promise, resolve } = Promise.withResolvers<void>();
          open.push(resolve);
          await promise;
          open = open.filter((one) => one !== resolve);
          response.end(`<${request.url}>`);
        });
        http.mount('/body', async (request, response) => {
          bodies.push(await text(request));
          response.end(`<${bodies.at(-1)?.length}>`);
        });
        http.mount('/now', (request, response) => void response.end(`<${request.url}>`));
        http.upgrade('/socket', (_request, socket, head) => {
          socket.write(`upgraded ${head}`);
          socket.on('data', (chunk) => socket.write(chunk));
        });
      },
    }),
  });
  return { plugin, asked, bodies, answers: () => open[0]?.() };
}

async function start() {
  const { plugin, ...seen } = endpoint();
  const server = await startServer({ http: { host: '127.0.0.1', port: 0 }, plugin });
  return { server, seen };
}

function open(server: TestServer): Socket {
  const [host = '', port] = (server.listening.get('http') ?? '').split(':');
  return connect(Number(port), host).on('error', () => {});
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Awaits what fits at the end of all that has come. */
async function reads(socket: Socket, pattern: RegExp): Promise<string> {
  let said = '';
  socket.setEncoding('latin1');
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (pattern.test(said)) return said;
  }
  throw new Error(`the connection ended: ${said}`);
}

const answersIn = (said: string) => said.match(/<[^>]*>/g) ?? [];

test('pipelined requests are answered one at a time, in order', async () => {
  const { server, seen } = await start();
  await using _ = server;
  const socket = open(server);
  const paths = Array.from({ length: 500 }, (_, i) => `/${i}`);
  socket.write(paths.map(get).join(''));
  const said = reads(socket, /<\/499>/);
  const answering = setInterval(() => seen.answers(), 0);
  expect(answersIn(await said)).toEqual(paths.map((path) => `<${path}>`));
  clearInterval(answering);
  expect(seen.asked).toEqual(paths);
  socket.destroy();
});

test('while one is being answered no other starts, and nothing more is read', async () => {
  const { server, seen } = await start();
  await using _ = server;
  const socket = open(server);
  const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(2000)}\r\n\r\n`;
  socket.write(long.repeat(20_000));
  const other = open(server);
  for (let i = 0; i < 100; i++) {
    other.write(get('/now'));
    await reads(other, /<\/now>/);
  }
  // The system takes some megabytes.
  expect(socket.writableLength).toBeGreaterThan(0);
  expect(seen.asked).toEqual(['/']);
  for (const one of [socket, other]) one.destroy();
});

test('a handler reads a body of any size, and then the next request is read', async () => {
  const { server, seen } = await start();
  await using _ = server;
  const socket = open(server);
  const body = 'x'.repeat(1_000_000);
  const post = `POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  socket.write(`${get('/now')}${post}${post}${get('/now')}`);
  const said = await reads(socket, /<\/now>.*<\/now>/s);
  expect(answersIn(said)).toEqual(['</now>', '<1000000>', '<1000000>', '</now>']);
  expect(seen.bodies.every((one) => one === body)).toBe(true);
  socket.destroy();
});

test('little of an unread body is read once its request is answered', async () => {
  const { server } = await start();
  await using _ = server;
  const small = open(server);
  small.write(
    `POST /now HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n${'x'.repeat(10_000)}${get('/now')}`,
  );
  await reads(small, /<\/now>.*<\/now>/s);
  small.destroy();
  const large = open(server);
  const closed = new Promise((resolve) => large.once('close', resolve));
  large.write('POST /now HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n');
  await reads(large, /<\/now>/);
  large.resume();
  const chunk = Buffer.alloc(65_536, 'x');
  let sent = 0;
  while (!large.destroyed && sent < 1000) {
    sent++;
    if (!large.write(chunk)) await Promise.race([once(large, 'drain').catch(() => {}), closed]);
  }
  await closed;
  expect(sent).toBeLessThan(1000);
});

test('an upgrade gets all bytes that follow it, and is refused between requests', async () => {
  const { server } = await start();
  await using _ = server;
  const upgrade = 'GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  const socket = open(server);
  const rest = 'y'.repeat(10_000);
  socket.write(`${upgrade}${rest}!`);
  expect((await reads(socket, /!/)).replace('upgraded ', '')).toBe(`${rest}!`);
  socket.destroy();
  const early = open(server);
  const closed = once(early.resume(), 'close');
  early.write(`${get('/waits')}${upgrade}`);
  await closed;
});

test('an unsupported expectation is answered in order', async () => {
  const { server } = await start();
  await using _ = server;
  const socket = open(server);
  const expecting = (what: string) => `GET /now HTTP/1.1\r\nHost: localhost\r\nExpect: ${what}\r\n\r\n`;
  socket.write(`${expecting('tea')}${expecting('100-continue')}${get('/now')}`);
  const said = await reads(socket, /<\/now>.*<\/now>/s);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual([417, 100, 200, 200].map((status) => `HTTP/1.1 ${status}`));
  socket.destroy();
});
