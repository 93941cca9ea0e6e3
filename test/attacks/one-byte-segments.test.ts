import { describe, expect, test } from 'vitest';
import { growthDuring, Raw, startTarget, UNPACED } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

const LINES = 5_000;

describe('floods of segments of one byte', () => {
  test(`4 clients with ${LINES} commands each, a byte a segment: every line is answered once, in less than 128 MB more`, {
    timeout: 120_000,
  }, async () => {
    await using program = await startTarget({ limits: UNPACED });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    const names = ['m0', 'm1', 'm2', 'm3'];
    await program.registers(...names);
    const attackers = names.map((name) => {
      const attacker = new Raw(program);
      attacker.writes(`${name}\n${PASSWORD}\n`);
      return attacker;
    });
    for (const attacker of attackers) await attacker.sees(/welcome\n$/);
    const growth = await growthDuring(program, async () => {
      const floods = attackers.map(async (attacker) => {
        for (let line = 0; line < LINES; line++) {
          for (const byte of Buffer.from(`n${line}\n`)) attacker.socket.write(Buffer.of(byte));
          if (line % 20 === 0) await new Promise(setImmediate);
        }
        await attacker.sees(new RegExp(`error:command:n${LINES - 1}\n$`));
      });
      for (let i = 0; i < 20; i++) {
        expect(await alice.asks('message bob hi')).toBe('sent:');
        await bob.hears('alice', 'hi');
      }
      await Promise.all(floods);
    });
    const answers = Array.from({ length: LINES }, (_, line) => `error:command:n${line}\n`).join('');
    for (const attacker of attackers) expect(attacker.said).toBe(`password\nwelcome\n${answers}`);
    expect(growth).toBeLessThan(128);
    for (const attacker of attackers) await attacker.closes();
  });
});
