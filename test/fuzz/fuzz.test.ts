import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { readCorpus } from './corpus.ts';

const RUN = fileURLToPath(new URL('./run.ts', import.meta.url));

/** How many inputs of each target, beside its corpus. FUZZ=100000 makes a long run of it. */
const INPUTS = Number(process.env.FUZZ ?? 150);

test.each([
  'framing',
  'proxy',
  'codecs',
  'session',
  'config',
  'arguments',
  'lists',
  'archive',
  'irc-lines',
  'irc-session',
])(`%s: its corpus and ${INPUTS} inputs more`, { timeout: 120_000 + INPUTS * 20 }, async (target) => {
  const { NODE_OPTIONS, NODE_V8_COVERAGE, ...env } = process.env;
  const args = [RUN, target, '--inputs', String(INPUTS), '--seed', '1'];
  // It fails with what it found.
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toMatch(new RegExp(`^${target}: [\\d,]+ inputs`, 'm'));
});

test('the command line answers a wrong config with sentences and exit code 2, a right one with 0', {
  timeout: 120_000,
}, async () => {
  const inputs = readCorpus('config').slice(0, 6);
  expect(inputs.length).toBeGreaterThan(0);
  for (const input of inputs) {
    await using folder = await Folder.with({ 'my.yaml': Buffer.concat(input).toString('latin1') });
    const { code, stderr } = await folder.runs(['check', '--config', 'my.yaml']);
    expect([0, 2]).toContain(code);
    expect(stderr).toMatch(code === 0 ? /^$/ : /^(chatserv: \S.*\n)+$/);
  }
});
