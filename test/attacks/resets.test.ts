import { describe, expect, test } from 'vitest';
import { factsOf, memoryOf, opens, socketsOf, startTarget, until } from '../support/attacker.ts';

const ROUNDS = 20;
const AT_ONCE = 200;

describe('connections that are reset as soon as they are there', () => {
  test(`${ROUNDS * AT_ONCE} of them leave no session, no descriptor and less than 128 MB behind, and nobody notices`, {
    timeout: 120_000,
  }, async () => {
    await using program = await startTarget({ plugins: { connections: { loginsStart: 5_000, loginsFull: 6_000 } } });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const step = async (count: number) => {
      for (const [i, { socket }] of (await opens(program, count)).entries()) {
        socket.write(['', 'al', 'alice\n', 'mallory\ny\n', '{"type":"login"', '{}\n'][i % 6] as string);
        socket.resetAndDestroy();
      }
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
    };
    const onlyTwo = () => until('only two sessions to be left', async () => (await factsOf(program)).sessions === 2);
    await step(AT_ONCE);
    await onlyTwo();
    const [descriptors, memory] = [socketsOf(program), memoryOf(program)];
    for (let round = 0; round < ROUNDS; round++) await step(AT_ONCE);
    await onlyTwo();
    await until('their descriptors to be free', () => socketsOf(program) <= descriptors + 1);
    expect(memoryOf(program) - memory).toBeLessThan(128);
    expect(program.stderr).toBe('');
  });
});
