import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** A request that would run commands if its lines were read. */
const BODY = `web\ny\n${PASSWORD}\n${PASSWORD}\nweb\n${PASSWORD}\nbroadcast from a web page\nlogout\n`;

const HEADERS = `Host: 127.0.0.1:4119\r\nOrigin: https://evil.example\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

async function answerTo(server: TestServer, codec: string, said: string | Buffer): Promise<string> {
  const client: Duplex = server.open(codec);
  client.on('error', () => {}).write(said);
  return text(client);
}

async function isHeard(server: TestServer): Promise<boolean> {
  const looks = server.connect();
  const answer = await looks.asks('web');
  await looks.closes();
  return answer !== 'register';
}

describe('HTTP on a port for chat', () => {
  test.each([
    'POST / HTTP/1.1',
    'GET / HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'PUT /a?b=c%20d HTTP/1.0',
    'get / HTTP/1.1',
    "X-ANY!#$%&'*+.^_`|~ / HTTP/1.1",
    'CONNECT 127.0.0.1:4119 HTTP/1.1',
    'POST http://127.0.0.1:4119/ HTTP/1.1',
    'PRI * HTTP/2.0',
    'POST /<long> HTTP/1.1',
    'GET http://127.0.0.1:4119/<long> HTTP/1.1',
  ])('is closed at the request line, and nothing after it is heard: %s', async (form) => {
    await using server = await startServer();
    const line = form.replace('<long>', 'x'.repeat(100_000));
    for (const end of ['\r\n', '\n']) {
      const said = `${line}${end}${HEADERS}`;
      expect(await answerTo(server, 'line', said)).toBe('closing:http\n');
      expect(await answerTo(server, 'classic', said)).toBe('closing:http\n');
      const lines = (await answerTo(server, 'json', said)).trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'closing', reason: 'http' });
    }
    expect(await isHeard(server)).toBe(false);
    expect(server.logged.filter(({ facts }) => facts.event === 'foreign-protocol')[0]).toMatchObject({
      level: 'info',
      facts: { protocol: 'http', address: '192.0.2.1' },
    });
  });

  test('is closed however its bytes are split', async () => {
    await using server = await startServer();
    const client = server.open();
    const said = text(client);
    for (const byte of Buffer.from(`POST / HTTP/1.1\r\n${HEADERS}`)) {
      if (!client.writable) break;
      client.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    expect(await said).toBe('closing:http\n');
    expect(await isHeard(server)).toBe(false);
  });
});

test('TLS on a plain port is closed at its first bytes, without waiting for a line', async () => {
  await using server = await startServer();
  const hello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(100, 0x61)]);
  expect(await answerTo(server, 'line', hello)).toBe('closing:tls\n');
  // A client may choose some of a handshake's bytes.
  expect(await answerTo(server, 'line', Buffer.concat([hello, Buffer.from(`\n${BODY}`)]))).toBe('closing:tls\n');
  expect(await isHeard(server)).toBe(false);
});

test('only a whole request line counts, and only as the first line', async () => {
  await using server = await startServer();
  const bob = await server.joins('bob');
  const post = await server.joins('POST');
  expect(await post.asks('message bob POST / HTTP/1.1')).toBe('sent:');
  await bob.hears('POST', 'POST / HTTP/1.1');
  expect(await post.asks('POST / HTTP/1.1')).toBe('error:command:POST');
  for (const [line, answer] of [
    ['POST', 'connected'],
    ['GET', 'register'],
    ['POST /', 'username'],
    ['POST / HTTP', 'username'],
    ['POST / HTTP/1.1 ', 'username'],
    [' POST / HTTP/1.1', 'username'],
    [`POST ${'x'.repeat(100_000)}`, 'username'],
    ['\x16', 'username'],
    ['\x16\x04', 'username'],
  ] as const) {
    const client = server.connect();
    expect(await client.asks(line), line).toBe(answer);
    await client.closes();
  }
  const later = server.connect();
  expect(await later.asks('GET')).toBe('register');
  expect(await later.asks('POST / HTTP/1.1')).toBe('username');
});
