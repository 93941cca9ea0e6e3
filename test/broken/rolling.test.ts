import { describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../plugins/stores/postgres/schema.ts';
import { startBalancer } from '../support/balancer.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { type Program, startProgram } from '../support/program.ts';
import { UNLIMITED, underLoad } from './under-load.ts';

/** How often a server is restarted, one after the other. */
const RESTARTS = Number(process.env.RESTARTS ?? 6);

/**
 * The program of another release, the one before or a later one: `src/cli/bin.ts` of a checkout, or an installed
 * `chatserv`. By default it is this one with one migration more, as the next release may have.
 */
const OTHER = process.env.OTHER_RELEASE;

const NEXT = {
  env: { NODE_OPTIONS: `--import ${new URL('../support/next-schema.ts', import.meta.url).href}` },
};

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  const postgres = usePostgres();

  function config() {
    const { now, ...options } = postgres.options();
    return { ...UNLIMITED, plugins: { ...UNLIMITED.plugins, sqlite: false, postgres: options } };
  }

  test(`${RESTARTS} restarts of two servers, one after the other, lose nothing and double nothing`, {
    timeout: 60_000 + RESTARTS * 20_000,
  }, async () => {
    const same = config();
    await using one = await startProgram(same);
    await using other = await startProgram(same);
    await using balancer = await startBalancer();
    balancer.serves(one.port, other.port);
    const restarts = Array.from({ length: RESTARTS }, (_, restart) => async () => {
      const [leaves, remains] = restart % 2 === 0 ? [one, other] : [other, one];
      balancer.serves(remains.port);
      // Each server is updated, and fails, in turn.
      if (restart % 4 < 2) expect(await leaves.stop()).toBe(0);
      else await leaves.kill();
      await leaves.start();
      balancer.serves(leaves.port, remains.port);
      balancer.breaksHalf();
    });
    await underLoad(balancer, one, restarts);
    expect(one.stderr + other.stderr).toBe('');
  });

  test('two servers are updated to another release and one goes back, and nothing is lost and nothing doubled', {
    timeout: 120_000,
  }, async () => {
    const same = config();
    await using one = await startProgram(same);
    await using two = await startProgram(same);
    await using balancer = await startBalancer();
    balancer.serves(one.port, two.port);
    const updated = OTHER === undefined ? NEXT : { bin: OTHER };
    const programs: Program[] = [one, two];
    await using started = new AsyncDisposableStack();
    /** Starts a server in place of another one that serves. */
    async function replaces(leaves: Program, remains: Program, options: typeof updated | Record<string, never>) {
      balancer.serves(remains.port);
      expect(await leaves.stop()).toBe(0);
      const comes = started.use(await startProgram(same, options));
      programs.push(comes);
      balancer.serves(comes.port, remains.port);
      balancer.breaksHalf();
      return comes;
    }
    let [newer, other] = [one, two];
    await underLoad(balancer, one, [
      // It migrates the schema while the other one serves.
      async () => {
        newer = await replaces(one, two, updated);
      },
      async () => {
        other = await replaces(two, newer, updated);
      },
      async () => {
        other = await replaces(other, newer, {});
      },
    ]);
    const [{ version } = { version: 0 }] = await postgres.query<{ version: string }>(
      `SELECT version FROM ${same.plugins.postgres.schema}.schema_version`,
    );
    if (OTHER === undefined) expect(Number(version)).toBe(MIGRATIONS.length + 1);
    expect(programs.map(({ stderr }) => stderr).join('')).toBe('');
  });
});
