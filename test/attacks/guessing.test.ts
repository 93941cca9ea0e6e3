import { describe, expect, test } from 'vitest';
import { NO_EXEMPTION, Raw, startTarget, until } from '../support/attacker.ts';
import { PASSWORD, type Program } from '../support/program.ts';

/** Guesses once, over a connection of its own. @returns what came of it */
async function guesses(program: Program, user: string, secret: string, localAddress: string): Promise<string> {
  const raw = new Raw(program, localAddress);
  raw.writes(`${user}\n${secret}\n`);
  await until('an answer', () => raw.closed || /^password\n.+\n/.test(raw.said) || /^blocked/.test(raw.said));
  const { said } = raw;
  await raw.closes();
  return said;
}

/** Roomy, so that what is met is the bound on guesses. */
const CONNECTIONS = { connections: { perNetwork: 1_000, newPerNetwork: 10_000 } };

describe('guessing passwords', () => {
  test('of 30 users from one address: at most 10 are looked at by the defaults, and the users log in from elsewhere', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ plugins: CONNECTIONS, limits: { ...NO_EXEMPTION, loginLines: 1000 } });
    const users = Array.from({ length: 10 }, (_, i) => `u${i}`);
    await program.registers(...users);
    const answers: string[] = [];
    for (let i = 0; i < 30; i++) {
      answers.push(await guesses(program, users[i % users.length] as string, `guess-${i}`, '127.0.0.66'));
    }
    const looked = answers.filter((said) => said === 'password\npassword\n').length;
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThanOrEqual(10);
    for (const said of answers.slice(looked)) expect(said).toMatch(/^(password\n)?(blocked:)?\d+\n$/);
    // The right one is not looked at either: nothing can be learned there for now.
    expect(await guesses(program, 'u9', PASSWORD, '127.0.0.66')).not.toMatch(/welcome/);
    expect(await guesses(program, 'u9', PASSWORD, '127.0.0.3')).toMatch(/^password\nwelcome\n/);
  });

  test('of one user from 100 addresses: a first one each, and then at most 30 in 5 minutes, and the user still logs in', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ plugins: CONNECTIONS, limits: NO_EXEMPTION });
    await program.registers('alice');
    // Where the user is known, what is tried elsewhere counts for nothing.
    expect(await guesses(program, 'alice', PASSWORD, '127.0.0.3')).toMatch(/welcome/);
    let looked = 0;
    for (let i = 0; i < 200; i++) {
      const said = await guesses(program, 'alice', `guess-${i}`, `127.1.0.${i % 100}`);
      if (said === 'password\npassword\n') looked++;
    }
    expect(looked).toBeLessThanOrEqual(100 + 30);
    expect(await guesses(program, 'alice', PASSWORD, '127.0.0.3')).toMatch(/welcome/);
  });
});
