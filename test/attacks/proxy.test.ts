import { describe, expect, test } from 'vitest';
import { opens, Raw, startTarget, until } from '../support/attacker.ts';

const HEADERS: Readonly<Record<string, Buffer>> = {
  'version 1': Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 4000 4119\r\n'),
  'version 1 of an unknown family': Buffer.from('PROXY UNKNOWN\r\n'),
  'version 2': Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n'),
    Buffer.of(0x21, 0x11, 0, 12, 203, 0, 113, 7, 192, 0, 2, 1, 0x0f, 0xa0, 0x10, 0x17),
  ]),
};

/** What no proxy sends: too long, cut off, of no version, with control characters, with addresses that are none. */
const WRONG: readonly Buffer[] = [
  Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}\r\n`),
  Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n'),
  Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 99999\r\n'),
  Buffer.from('PROXY TCP4 ::1 ::1 1 1\r\n'),
  Buffer.from('PROXY TCP6 fe80::1%lo ::1 1 1\r\n'),
  Buffer.from('PROXY TCP4 1.2.3.4\0 1.2.3.4 1 1\r\n'),
  Buffer.from('PROXY UNIX /a /b\r\n'),
  Buffer.from('proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n'),
  Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n'), Buffer.of(0x21, 0x11, 0xff, 0xff)]),
  Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n'), Buffer.of(0x31, 0x11, 0, 0)]),
  Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n'), Buffer.of(0x21, 0x11, 0, 4, 1, 2, 3, 4)]),
  Buffer.from('alice\n'),
  Buffer.from([0xff, 0xfe, 0x00]),
];

/** Guesses three times, and so has the address that the server takes it to come from blocked for alice. */
function guesses(raw: Raw): void {
  raw.writes('alice\nguess-1\nguess-2\nguess-3\n');
}

describe('PROXY headers', () => {
  test('from who is no proxy are lines like any other: nobody is taken to come from elsewhere', async () => {
    await using program = await startTarget();
    await program.registers('alice');
    for (const header of Object.values(HEADERS)) {
      const attacker = new Raw(program, '127.0.0.66');
      attacker.writes(header);
      guesses(attacker);
      // Lines of the header are user names that may not be used, or are nobody's.
      await attacker.sees(/(60|blocked:\d+)\n$|(username|register)\n/);
      await attacker.closes();
    }
    // It is the attacker's own address that was blocked, and no other.
    const attacker = new Raw(program, '127.0.0.66');
    guesses(attacker);
    expect(await attacker.ends()).toMatch(/^(password\n.*)?(blocked:)?\d+\n$/s);
    const elsewhere = new Raw(program, '127.0.0.67');
    elsewhere.writes('alice\n');
    expect(await elsewhere.sees(/\n$/)).toBe('password\n');
    await elsewhere.closes();
  });

  test('of a proxy that are wrong end the connection without an answer, in whatever segments they come', async () => {
    await using program = await startTarget({
      plugins: { tcp: { host: '127.0.0.1', port: 0, proxies: ['127.0.0.9'] } },
    });
    const alice = await program.joins('alice');
    for (const wrong of WRONG) {
      for (const size of [1, wrong.length]) {
        const proxy = new Raw(program, '127.0.0.9');
        for (let at = 0; at < wrong.length; at += size) {
          proxy.writes(wrong.subarray(at, at + size));
          await new Promise(setImmediate);
        }
        expect(await proxy.ends(), JSON.stringify(wrong.toString('latin1'))).toBe('');
      }
    }
    for (const header of Object.values(HEADERS)) {
      const proxy = new Raw(program, '127.0.0.9');
      proxy.writes(Buffer.concat([header, Buffer.from('alice\n')]));
      expect(await proxy.sees(/\n$/)).toBe('connected\n');
      await proxy.closes();
    }
    expect(await alice.asks('who')).toBe('alice');
  });

  test('of a proxy that never come are waited for 10 seconds at most, and 200 of them hold up nobody', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({
      plugins: { tcp: { host: '127.0.0.1', port: 0, proxies: ['127.0.0.9'] } },
    });
    const alice = await program.joins('alice');
    const began = performance.now();
    const silent = await opens(program, 200, () => '127.0.0.9');
    for (const raw of silent) raw.writes('PROXY TCP4 ');
    expect(await alice.asks('who')).toBe('alice');
    await until('all of them to be closed', () => silent.every(({ closed }) => closed));
    expect(performance.now() - began).toBeLessThan(30_000);
    for (const raw of silent) expect(raw.said).toBe('');
  });
});
