import { describe, expect, test } from 'vitest';
import { growthDuring, opens, placeOf, type Raw, socketsOf, startTarget, until } from '../support/attacker.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

const MEGABYTES = 8;

/** Sends as many requests as make some megabytes, whether they are answered or not. */
async function floods(attacker: Raw, path: string): Promise<void> {
  const block = Buffer.from(get(path).repeat(1000));
  for (let sent = 0; sent < MEGABYTES * 1024 * 1024 && !attacker.closed; sent += block.length) {
    attacker.writes(block);
    await new Promise(setImmediate);
  }
}

describe('HTTP requests that are sent ahead of their answers', () => {
  test.each(['/health/ready', '/nothing', '/'])(
    `of %s, ${MEGABYTES} MB over each of 8 connections that read nothing: less than 128 MB of memory, and people chat on`,
    {
      timeout: 120_000,
    },
    async (path) => {
      await using program = await startTarget();
      const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
      const attackers = await opens(await placeOf(program, 'http'), 8);
      for (const { socket } of attackers) socket.pause();
      const growth = await growthDuring(program, async () => {
        await Promise.all(attackers.map((attacker) => floods(attacker, path)));
        for (let i = 0; i < 50; i++) {
          expect(await alice.asks(`message bob ${i}`)).toBe('sent:');
          await bob.hears('alice', String(i));
        }
      });
      expect(growth).toBeLessThan(128);
      for (const attacker of attackers) await attacker.closes();
    },
  );

  test('are all answered, in order, when the client reads', async () => {
    await using program = await startTarget();
    const [attacker] = await opens(await placeOf(program, 'http'), 1);
    const paths = Array.from({ length: 3000 }, (_, i) => `/${i % 3 === 0 ? 'health/ready' : `nothing/${i}`}`);
    attacker?.writes(`${paths.map(get).join('')}GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await until('the last answer', () => attacker?.said.includes('{"live":true}') === true);
    const statuses = attacker?.said.match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(-3)));
    expect(statuses).toEqual([...paths.map((path) => (path === '/health/ready' ? 200 : 404)), 200]);
    await attacker?.closes();
  });
});

test('connections over HTTP that say nothing, half a request, or no body that they announced, are closed after their time', async () => {
  await using program = await startTarget({ plugins: { http: { port: 0, headerTime: 1, requestTime: 2 } } });
  const alice = await program.joins('alice');
  const before = socketsOf(program);
  const attackers = await opens(await placeOf(program, 'http'), 90);
  for (const [i, attacker] of attackers.entries()) {
    attacker.writes(
      ['', 'GET / HT', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n'][i % 3] as string,
    );
  }
  await until('all of them to be closed', () => attackers.every(({ closed }) => closed));
  await until('their descriptors to be free', () => socketsOf(program) <= before + 1);
  expect(await alice.asks('who')).toBe('alice');
});
