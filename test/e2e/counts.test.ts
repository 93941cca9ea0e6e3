import type { LineClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import type { Readings } from '../../bench/probes/probe.ts';
import { type Program, startProgram } from '../support/program.ts';

const PROBE = new URL('../../bench/probes/probe.ts', import.meta.url).href;
const MESSAGES = 100;
const LISTENING = 10;

/** The program, counting promises and messages between its threads. */
function startCounted(): Promise<Program> {
  const env = { NODE_OPTIONS: `--import ${PROBE}`, BENCH_COUNTS: '1', BENCH_EXIT_IO: '/dev/null' };
  return startProgram({ limits: { linesPerSecond: 0 }, log: { level: 'error' } }, { env });
}

async function read(program: Program): Promise<Required<Readings>> {
  const readings = program.stdout.match(/^probe /gm)?.length ?? 0;
  program.signals('SIGUSR2');
  const [printed] = await program.prints(new RegExp(`(?:^probe .*\n[^]*?){${readings + 1}}`, 'm'));
  return JSON.parse(printed.slice(printed.lastIndexOf('probe ') + 'probe '.length)) as Required<Readings>;
}

/** Says a line many times, each once the one before is answered. @returns what each costs */
async function costOf(program: Program, alice: LineClient, line: string) {
  const before = await read(program);
  for (let i = 0; i < MESSAGES; i++) {
    await alice.says(line);
    await alice.sees('sent:');
  }
  const after = await read(program);
  return {
    promises: (after.promises - before.promises) / MESSAGES,
    clones: (after.clones - before.clones) / MESSAGES,
  };
}

test('a message costs few promises and one trip to the store, however many receive it', {
  timeout: 60_000,
}, async () => {
  await using program = await startCounted();
  const alice = await program.joins('alice');
  for (let i = 0; i < LISTENING; i++) await program.joins(`listener${i}`);
  for (const line of ['message listener0 hello', 'broadcast hello']) {
    await costOf(program, alice, line);
    const { promises, clones } = await costOf(program, alice, line);
    // 18 and 2 by themselves; the rest is for cursors and timers, which come by time.
    expect(promises, line).toBeLessThan(26);
    expect(clones, line).toBeLessThan(4);
  }
});
