import { describe, expect, test } from 'vitest';
import { factsOf, growthDuring, latencies, median, Raw, startTarget, UNPACED, until } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

const TEXT = 'x'.repeat(4000);
const COUNT = (50 * 1024 * 1024) / TEXT.length;

describe('a reader that never reads', () => {
  test('while 50 MB are sent to it: less than 128 MB of memory, nothing is lost, and others are not slower than 100 ms', {
    timeout: 180_000,
  }, async () => {
    await using program = await startTarget({
      plugins: { 'offline-messages': { maxQueued: 100_000, maxQueuedPerSender: 100_000 } },
      limits: UNPACED,
    });
    await program.registers('mallory', 'alice');
    const [bob, carol] = [await program.joins('bob'), await program.joins('carol')];
    const mallory = new Raw(program);
    mallory.writes(`mallory\n${PASSWORD}\n`);
    await mallory.sees(/welcome\n$/);
    mallory.socket.pause();
    const alice = new Raw(program);
    alice.writes(`alice\n${PASSWORD}\n`);
    await alice.sees(/welcome\n$/);
    let sending = true;
    const seen: number[] = [];
    const growth = await growthDuring(program, async () => {
      const sent = (async () => {
        for (let i = 0; i < COUNT; i++) await alice.pushes(Buffer.from(`message mallory ${i} ${TEXT}\n`));
        alice.writes('end\n');
        await alice.sees(/error:command:end\n$/);
      })().finally(() => {
        sending = false;
      });
      while (sending) seen.push(...(await latencies(bob, carol, 5)));
      await sent;
    });
    expect(alice.said).toBe(`password\nwelcome\n${'sent:\n'.repeat(Math.ceil(COUNT))}error:command:end\n`);
    expect(growth).toBeLessThan(128);
    expect(median(seen)).toBeLessThan(100);
    // It reads on after all: what waited comes from its inbox, each once and in order.
    mallory.socket.resume();
    await mallory.sees(new RegExp(`alice: ${Math.ceil(COUNT) - 1} x+\n$`));
    const numbers = [...mallory.said.matchAll(/alice: (\d+) /g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: Math.ceil(COUNT) }, (_, i) => i));
    for (const raw of [alice, mallory]) await raw.closes();
  });

  test('of its own answers is asked no further, in less than 128 MB, and has every answer when it reads', {
    timeout: 120_000,
  }, async () => {
    await using program = await startTarget({ limits: UNPACED });
    await program.registers('mallory');
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const mallory = new Raw(program);
    mallory.writes(`mallory\n${PASSWORD}\n`);
    await mallory.sees(/welcome\n$/);
    mallory.socket.pause();
    const COUNT_ASKED = 20_000;
    const growth = await growthDuring(program, async () => {
      // Some 25 MB of answers.
      for (let i = 0; i < COUNT_ASKED / 1000; i++) mallory.writes('help\n'.repeat(1000));
      let looks = 0;
      let sent = -1;
      // More than the system's buffers hold, and then nothing more.
      await until('the answers to stop', async () => {
        const { bytes } = await factsOf(program);
        looks = bytes.sent === sent && sent > 1_000_000 ? looks + 1 : 0;
        sent = bytes.sent;
        return looks === 50;
      });
      await latencies(alice, bob, 50);
    });
    expect(growth).toBeLessThan(128);
    const { limits, bytes } = await factsOf(program);
    expect(bytes.sent).toBeLessThan(COUNT_ASKED * 1000);
    expect(limits['outbox-bytes']).toBeUndefined();
    expect(limits['input-bytes']).toBeGreaterThan(0);
    mallory.socket.resume();
    mallory.writes('end\n');
    await mallory.sees(/error:command:end\n$/);
    expect(mallory.said.match(/^end:help$/gm)).toHaveLength(COUNT_ASKED);
    await mallory.closes();
  });
});
