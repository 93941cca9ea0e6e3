import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { growthDuring, opens, placeOf, Raw, socketsOf, startTarget, UNPACED, until } from '../support/attacker.ts';
import { frame, HANDSHAKE, handshake, upgraded } from '../support/raw-websocket.ts';
import { connectWeb, openWebSocket } from '../support/web-client.ts';

describe('handshakes', () => {
  test('that are wrong are refused with a status, and no session begins', async () => {
    await using program = await startTarget();
    const where = await placeOf(program, 'http');
    const wrong: Readonly<Record<string, string>> = {
      'of no version': handshake({ ...HANDSHAKE, 'Sec-WebSocket-Version': undefined }),
      'of another version': handshake({ ...HANDSHAKE, 'Sec-WebSocket-Version': '7' }),
      'without a key': handshake({ ...HANDSHAKE, 'Sec-WebSocket-Key': undefined }),
      'with a wrong key': handshake({ ...HANDSHAKE, 'Sec-WebSocket-Key': 'x' }),
      'for another protocol': handshake({ ...HANDSHAKE, Upgrade: 'h2c' }),
      'by another method': handshake(HANDSHAKE, 'POST /ws HTTP/1.1'),
      'to another place': handshake(HANDSHAKE, 'GET /other HTTP/1.1'),
      'to a place above': handshake(HANDSHAKE, 'GET /../ws/../../etc/passwd HTTP/1.1'),
      'to a place that is none': handshake(HANDSHAKE, 'GET //[ HTTP/1.1'),
      'of another origin': handshake({ ...HANDSHAKE, Origin: 'https://evil.example' }),
      'of the origin null': handshake({ ...HANDSHAKE, Origin: 'null' }),
      'of an origin that is none': handshake({ ...HANDSHAKE, Origin: '\\\\' }),
      'of two hosts': handshake({ ...HANDSHAKE, host: 'evil.example', Origin: 'https://evil.example' }),
      'with no HTTP at all': 'alice\npassword\n\n',
      'with a header of 1 MB': handshake({ ...HANDSHAKE, X: 'x'.repeat(1024 * 1024) }),
      'with 10,000 headers': handshake({
        ...HANDSHAKE,
        ...Object.fromEntries([...Array(10_000).keys()].map((i) => [`x${i}`, 'x'])),
      }),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      const raw = new Raw(where);
      raw.writes(bytes);
      await until(
        `an answer to a handshake ${what}`,
        () => raw.closed || raw.said.includes('\r\n\r\n'),
        () => raw.said,
      );
      // Who still sends when it is refused may be reset before it reads why.
      if (raw.said !== '') expect(raw.said, what).toMatch(/^HTTP\/1\.1 4\d\d /);
      await raw.closes();
    }
    const client = await connectWeb(`${where.host}:${where.port}`);
    await client.closes();
  });

  test('whose headers trickle in are closed after their time, 2 seconds here, and hold up nobody', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ plugins: { http: { port: 0, headerTime: 2, requestTime: 3 } } });
    const where = await placeOf(program, 'http');
    const alice = await program.joins('alice');
    const before = socketsOf(program);
    const began = performance.now();
    const slow = await opens(where, 200);
    const trickle = setInterval(() => {
      for (const raw of slow) raw.writes('x: y\r\n');
    }, 200);
    for (const raw of slow) raw.writes('GET /ws HTTP/1.1\r\n');
    expect(await alice.asks('who')).toBe('alice');
    await until('all of them to be closed', () => slow.every(({ closed }) => closed));
    clearInterval(trickle);
    expect(performance.now() - began).toBeLessThan(15_000);
    await until('their descriptors to be free', () => socketsOf(program) <= before + 1);
  });

  test('that are done, and then a login that never comes, are told timeout after the login time', async () => {
    await using program = await startTarget({ plugins: { timeouts: { login: 2 } } });
    const raw = await upgraded(await placeOf(program, 'http'));
    const pings = setInterval(() => raw.writes(frame(0x89, Buffer.alloc(0))), 100);
    expect(await raw.ends()).toMatch(/"type":"closing","reason":"timeout"/);
    clearInterval(pings);
  });
});

describe('frames', () => {
  test('that break the protocol end the connection with a code, and nothing else', async () => {
    await using program = await startTarget({ limits: UNPACED });
    const where = await placeOf(program, 'http');
    const codes: Readonly<Record<string, readonly [number, Buffer]>> = {
      'of 2^63 bytes': [1009, Buffer.concat([Buffer.of(0x81, 0xff), Buffer.alloc(8, 0x7f), Buffer.alloc(4)])],
      'of 1 GB': [1009, frame(0x81, 1024 ** 3)],
      'of 1 byte more than may be': [1009, frame(0x81, 65_537)],
      'that is compressed': [1002, frame(0xc1, Buffer.from('x'))],
      'with a reserved bit': [1002, frame(0xa1, Buffer.from('x'))],
      'of an unknown kind': [1002, frame(0x83, Buffer.from('x'))],
      'that continues nothing': [1002, frame(0x80, Buffer.from('x'))],
      'that is not masked': [1002, Buffer.from('\x81\x01x')],
      'with a long ping': [1002, frame(0x89, Buffer.alloc(126))],
      'with a ping in parts': [1002, frame(0x09, Buffer.from('x'))],
      'with text that is not UTF-8': [1007, frame(0x81, Buffer.of(0xc0, 0xaf))],
      'with a close of one byte': [1002, frame(0x88, Buffer.of(3))],
      'with a close of a wrong code': [1002, frame(0x88, Buffer.of(0, 1))],
    };
    for (const [what, [code, bytes]] of Object.entries(codes)) {
      const raw = await upgraded(where);
      raw.writes(bytes);
      await raw.ends();
      // The last frame is a close of two bytes, its code.
      expect(raw.tail.subarray(-4).toString('hex'), what).toBe(`8802${code.toString(16).padStart(4, '0')}`);
    }
    expect(program.stderr).toBe('');
  });

  test('without end: 100,000 parts of one message are cut off at 64 KB, 50,000 pings are answered or cut off, each in less than 128 MB', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ limits: UNPACED });
    const where = await placeOf(program, 'http');
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const growth = await growthDuring(program, async () => {
      const parts = await upgraded(where);
      parts.writes(frame(0x01, Buffer.from('x')));
      for (let i = 0; i < 100 && !parts.closed; i++)
        await parts.pushes(Buffer.concat(Array(1000).fill(frame(0x00, Buffer.from('x')))));
      await parts.ends();
      const empty = await upgraded(where);
      empty.writes(frame(0x01, Buffer.alloc(0)));
      for (let i = 0; i < 100 && !empty.closed; i++)
        await empty.pushes(Buffer.concat(Array(1000).fill(frame(0x00, Buffer.alloc(0)))));
      const pings = await upgraded(where);
      pings.socket.pause();
      for (let i = 0; i < 50 && !pings.closed; i++)
        pings.writes(Buffer.concat(Array(1000).fill(frame(0x89, Buffer.alloc(125)))));
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
      for (const raw of [empty, pings]) await raw.closes();
    });
    expect(growth).toBeLessThan(128);
    expect(await alice.asks('whoelse')).toBe('bob');
  });

  test('are never unpacked: compression is not taken up, whatever is offered', async () => {
    await using program = await startTarget();
    const { host, port } = await placeOf(program, 'http');
    const socket = await openWebSocket(`${host}:${port}`, { perMessageDeflate: { serverMaxWindowBits: 15 } });
    expect(socket.extensions).toBe('');
    const closed = once(socket, 'close');
    socket.terminate();
    await closed;
  });

  test('of who ends its side, or leaves without a word, leave no session and no descriptor', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget();
    const where = await placeOf(program, 'http');
    const alice = await program.joins('alice');
    const before = socketsOf(program);
    for (let i = 0; i < 100; i++) {
      const raw = await upgraded(where);
      raw.writes(frame(0x01, Buffer.from('{"type":')));
      if (i % 3 === 0) raw.socket.end();
      else if (i % 3 === 1) raw.socket.resetAndDestroy();
      else raw.socket.destroy();
    }
    await until('their descriptors to be free', () => socketsOf(program) <= before + 1);
    expect(await alice.asks('who')).toBe('alice');
    expect(program.stderr).toBe('');
  });
});
