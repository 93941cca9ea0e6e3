import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { placeOf, Raw, startTarget } from '../support/attacker.ts';
import { makeCertificate, writeCertificate } from '../support/certificate.ts';
import { PASSWORD } from '../support/program.ts';

/** What a page has a browser send, as `text/plain`, for which no permission is asked. */
function post(port: number): string {
  const body = `web\ny\n${PASSWORD}\n${PASSWORD}\nweb\n${PASSWORD}\nmessage ada from a web page\nlogout\n`;
  return `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: https://evil.example\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

describe('a web page of another origin', () => {
  test('that posts to the ports for chat registers nobody and says nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-web-page-'));
    try {
      await writeCertificate(folder, makeCertificate());
      const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
      const unix = join(folder, 'line.sock');
      await using program = await startTarget({ plugins: { tls: { port: 0, ...files }, unix: { socket: unix } } });
      const ada = await program.joins('ada');
      const { port: tls } = await placeOf(program, 'tls');
      const sockets: Socket[] = [
        connect(program.port, program.host),
        connectTls({ port: tls, host: '127.0.0.1', rejectUnauthorized: false }),
        connect(unix),
      ];
      for (const socket of sockets) {
        socket.on('error', () => {}).write(post(program.port));
        expect(await text(socket)).toBe('closing:http\n');
      }
      // A page of https:// begins with a handshake.
      const secure = connectTls({ port: program.port, host: program.host, rejectUnauthorized: false });
      await new Promise((resolve) => secure.once('error', resolve));
      await ada.seesNothing();
      const guest = await program.connect();
      expect(await guest.asks('web')).toBe('register');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('whose DNS leads to loopback opens no WebSocket and reads nothing', async () => {
    await using program = await startTarget({ plugins: { metrics: true } });
    const where = await placeOf(program, 'http');
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const statusOf = async (path: string, host: string, more: readonly string[] = []) => {
      const raw = new Raw(where);
      raw.writes(
        ['GET ', path, ` HTTP/1.1\r\nHost: ${host}\r\n`, ...more.map((line) => `${line}\r\n`), '\r\n'].join(''),
      );
      const said = await raw.sees(/\r\n\r\n/);
      await raw.closes();
      return { status: Number(said.slice(9, 12)), said };
    };
    for (const host of [`evil.example:${where.port}`, 'evil.example', `127.0.0.1.evil.example:${where.port}`]) {
      const origin = `Origin: http://${host}`;
      for (const path of ['/', '/main.js', '/metrics', '/health/live', '/health/ready', '/nothing']) {
        for (const more of [[], [origin], [origin, 'X-Forwarded-For: 127.0.0.1']]) {
          const { status, said } = await statusOf(path, host, more);
          expect(status, `${path} of ${host}`).toBe(421);
          expect(said).toMatch(/option 'hosts' of the plugin 'http'/);
        }
      }
      expect((await statusOf('/ws', host, [origin, ...upgrade])).status).toBe(421);
    }
    const own = `localhost:${where.port}`;
    for (const path of ['/', '/metrics', '/health/live']) expect((await statusOf(path, own)).status, path).toBe(200);
    expect((await statusOf('/ws', own, [`Origin: http://${own}`, ...upgrade])).status).toBe(101);
  });
});
