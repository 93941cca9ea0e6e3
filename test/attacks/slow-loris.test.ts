import { describe, expect, test } from 'vitest';
import { opens, Raw, socketsOf, startTarget, UNPACED, until } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

/** Sends a piece now and then, until the connection is over. */
function trickles(attacker: Raw, pieces: () => string): void {
  const timer = setInterval(() => attacker.writes(pieces()), 100);
  attacker.socket.once('close', () => clearInterval(timer));
}

describe('who sends as slowly as it goes', () => {
  test('300 at the login are told timeout after its 2 seconds, whatever they send, and hold up nobody', async () => {
    await using program = await startTarget({ plugins: { timeouts: { login: 2 } }, limits: UNPACED });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const before = socketsOf(program);
    const began = performance.now();
    const attackers = await opens(program, 300);
    for (const [i, attacker] of attackers.entries()) {
      // A byte of a name that never ends; a new name each time; an empty line each time.
      const pieces = ['x', `nobody${i}\nn\n`, '\n'][i % 3] as string;
      let left = 20;
      trickles(attacker, () => (left-- > 0 ? pieces : 'x'));
    }
    while (attackers.some(({ closed }) => !closed)) {
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
    }
    const took = performance.now() - began;
    for (const attacker of attackers) expect(attacker.said).toMatch(/^(register\n|username\n)*timeout\n$/);
    expect(took).toBeGreaterThan(1_500);
    expect(took).toBeLessThan(20_000);
    await until('their descriptors to be free', () => socketsOf(program) <= before + 1);
  });

  test('a command that trickles in is no sign of life: after 2 seconds without a whole line it is told timeout', async () => {
    await using program = await startTarget({ plugins: { timeouts: { idle: 2 } } });
    await program.registers('alice');
    const attacker = new Raw(program);
    attacker.writes(`alice\n${PASSWORD}\n`);
    await attacker.sees(/welcome\n$/);
    const began = performance.now();
    trickles(attacker, () => 'x');
    expect(await attacker.ends()).toMatch(/welcome\ntimeout\n$/);
    expect(performance.now() - began).toBeGreaterThan(1_500);
  });
});
