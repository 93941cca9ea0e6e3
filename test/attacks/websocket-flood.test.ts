import { describe, expect, test } from 'vitest';
import { factsOf, growthDuring, placeOf, type Raw, startTarget, UNPACED, until } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';
import { frame, upgraded } from '../support/raw-websocket.ts';

const EMPTY = Buffer.alloc(0);

/** Sends the same frame again and again, until the server closes or so much is sent. @returns how much that was, in MB */
async function floods(attacker: Raw, bytes: Buffer, megabytes: number): Promise<number> {
  const block = Buffer.concat(Array(Math.ceil(65_536 / bytes.length)).fill(bytes));
  let sent = 0;
  while (sent < megabytes * 1024 * 1024 && !attacker.closed && attacker.socket.writable) {
    await attacker.pushes(block);
    sent += block.length;
  }
  return sent / 1024 / 1024;
}

const FLOODS: readonly (readonly [string, Buffer])[] = [
  ['empty pongs', frame(0x8a, EMPTY)],
  ['empty pings', frame(0x89, EMPTY)],
  ['pings of 125 bytes', frame(0x89, Buffer.alloc(125, 'x'))],
  ['empty messages', frame(0x81, EMPTY)],
];

describe('a WebSocket that sends without end', () => {
  test.each(FLOODS)(
    '%s is closed by the defaults, before the login and after it',
    {
      timeout: 120_000,
    },
    async (_what, bytes) => {
      await using program = await startTarget();
      const alice = await program.joins('alice');
      await program.registers('mallory');
      const where = await placeOf(program, 'http');
      const stranger = await upgraded(where);
      // What the system's buffers had taken by then counts as sent.
      expect(await floods(stranger, bytes, 64)).toBeLessThan(16);
      await stranger.ends();
      const mallory = await upgraded(where);
      mallory.writes(frame(0x81, Buffer.from(JSON.stringify({ type: 'login', name: 'mallory', password: PASSWORD }))));
      await mallory.sees(/"welcome"/);
      expect(await floods(mallory, bytes, 64)).toBeLessThan(16);
      await mallory.ends();
      await until('nobody else to be there', async () => (await factsOf(program)).sessions === 1);
      expect(await alice.asks('who')).toBe('alice');
    },
  );

  test('a message in empty parts is closed, with the code for what is against the rules', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget();
    const where = await placeOf(program, 'http');
    const flooding = await upgraded(where);
    flooding.writes(frame(0x01, EMPTY));
    expect(await floods(flooding, frame(0x00, EMPTY), 64)).toBeLessThan(16);
    await flooding.ends();
    const attacker = await upgraded(where);
    attacker.writes(Buffer.concat([frame(0x01, EMPTY), ...Array(200).fill(frame(0x00, EMPTY))]));
    await attacker.ends();
    expect(attacker.tail.subarray(-4).toString('hex')).toBe(`8802${(1008).toString(16).padStart(4, '0')}`);
  });

  test('pings, where no rate is set, and reads no answer: less than 128 MB of memory', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ limits: UNPACED });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const attacker = await upgraded(await placeOf(program, 'http'));
    attacker.socket.pause();
    const growth = await growthDuring(program, async () => {
      await floods(attacker, frame(0x89, Buffer.alloc(125, 'x')), 64);
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
    });
    expect(growth).toBeLessThan(128);
    await attacker.closes();
  });

  test('after it has closed, and leaves its side open, is cut after 2 seconds', { timeout: 60_000 }, async () => {
    await using program = await startTarget();
    const attacker = await upgraded(await placeOf(program, 'http'), { allowHalfOpen: true });
    const began = performance.now();
    attacker.writes(frame(0x88, EMPTY));
    await until('nobody to be there', async () => (await factsOf(program)).sessions === 0);
    expect(performance.now() - began).toBeLessThan(20_000);
    await attacker.closes();
  });
});
