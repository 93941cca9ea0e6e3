import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Results } from '../../bench/report/results.ts';
import { NATS } from '../support/nats-program.ts';
import { POSTGRES } from '../support/postgres-programs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

async function bench(...words: string[]): Promise<{ stdout: string; results: Results; svg: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-bench-test-'));
  try {
    const [json, svg] = [join(folder, 'results.json'), join(folder, 'plot.svg')];
    const { stdout } = await run(process.execPath, ['bench/run.ts', '--quick', '--no-pin', '--json', json, ...words], {
      cwd: ROOT,
    });
    await run(process.execPath, ['bench/report.ts', json, svg], { cwd: ROOT });
    const results = JSON.parse(await readFile(json, 'utf8')) as Results;
    return { stdout, results, svg: await readFile(svg, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the bench measures chatserv beside a bare server, in tables, as JSON and as a plot', {
  timeout: 120_000,
}, async () => {
  const variants = ['bare', 'sqlite'];
  const { stdout, results, svg } = await bench('--variants', variants.join(), 'broadcast-100', 'idle-bounded');
  expect(results.scenarios.map(({ name }) => name)).toEqual(['broadcast-100', 'idle-bounded']);
  for (const { name, headline, variants: measured } of results.scenarios) {
    expect(Object.keys(measured)).toEqual(variants);
    expect(stdout).toContain(`### ${name}\n`);
    expect(measured.sqlite?.metrics[headline]?.median).toBeGreaterThan(0);
    expect(measured.sqlite?.ratio?.median).toBeGreaterThan(0);
  }
  const { rowsPerMessage, bytesPerMessage } = results.scenarios[0]?.variants.sqlite?.metrics ?? {};
  // One row a broadcast, whoever it is for, and a few for the senders.
  expect(rowsPerMessage?.median).toBeGreaterThanOrEqual(1);
  expect(rowsPerMessage?.median).toBeLessThan(2);
  expect(bytesPerMessage?.median).toBeGreaterThan(100);
  expect(stdout).toMatch(
    /### Aims\n[\s\S]+broadcast to 100, durable.+(reached|missed)[\s\S]+idle session, bounded.+(reached|missed)/,
  );
  expect(svg).toMatch(/^<svg [\s\S]+broadcast to 100, durable[\s\S]+>broadcast-100<[\s\S]+<\/svg>\n$/);
});

test.runIf(NATS !== undefined && POSTGRES !== undefined)(
  'it counts what two servers ask of PostgreSQL and NATS',
  { timeout: 180_000 },
  async () => {
    const { results } = await bench('--variants', '2 servers', 'cluster-direct', 'cluster-logins');
    const [messages, logins] = results.scenarios.map(({ variants }) => variants['2 servers']?.metrics);
    // One row for the entry, one for its room, and what the other server reads.
    expect(messages?.rowsTouchedPerMessage?.median).toBeGreaterThan(2);
    expect(messages?.walPerMessage?.median).toBeGreaterThan(100);
    expect(messages?.natsOutPerMessage?.median).toBeGreaterThan(0.1);
    expect(logins?.statementsPerLogin?.median).toBeGreaterThan(1);
    expect(logins?.natsInPerLogin?.median).toBeGreaterThan(1);
  },
);

test('docs/scaling.md has the tables of the simulation', { timeout: 120_000 }, async () => {
  await run(process.execPath, ['bench/scaling.ts', '--check'], { cwd: ROOT });
});
