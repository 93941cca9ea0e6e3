import { describe, expect, test } from 'vitest';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { type Program, startProgram } from '../support/program.ts';
import { survivesKills, timeoutOf } from './kills.ts';

/** How often the server is killed. */
const KILLS = Number(process.env.KILLS ?? 10);

/** What `/health/ready` answers: the status, and what it says of the store. */
async function readiness(program: Program): Promise<[number, string]> {
  const [, where] = await program.prints(/^chatserv listens on http (\S+)$/m);
  const response = await fetch(`http://${where}/health/ready`);
  const { checks } = (await response.json()) as { checks: { store: string } };
  return [response.status, checks.store];
}

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  // It is killed, too.
  const server = usePostgres({ fsync: 'on' });
  const plugins = () => {
    const { now, ...postgres } = server.options();
    return { sqlite: false, postgres };
  };

  test(
    `killed ${KILLS} times under load, the server loses nothing that was answered sent:`,
    {
      timeout: timeoutOf(KILLS),
    },
    () => survivesKills(KILLS, plugins()),
  );

  test('a server whose PostgreSQL crashes is not ready, and is again once that is back, with everything sent', async () => {
    await using program = await startProgram({ plugins: { ...plugins(), 'offline-messages': true } });
    const alice = await program.joins('alice');
    await program.registers('bob');
    expect(await readiness(program)).toEqual([200, 'well']);
    expect(await alice.asks('message bob one')).toBe('sent:');
    await server.stop('SIGQUIT');
    expect(await readiness(program)).toEqual([503, expect.stringContaining('cannot be reached')]);
    expect(await alice.asks('message bob two')).toMatch(/^error:internal:message/);
    await server.start();
    await expect.poll(() => readiness(program), { timeout: 30_000 }).toEqual([200, 'well']);
    expect(await alice.asks('message bob three')).toBe('sent:');
    const bob = await program.returns('bob');
    expect([await bob.next(), await bob.next()]).toEqual([
      expect.stringMatching(/alice: one$/),
      expect.stringMatching(/alice: three$/),
    ]);
  });
});
