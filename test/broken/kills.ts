import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { PASSWORD, type ProgramConfig, startProgram } from '../support/program.ts';
import { disorder, faults, type Sent } from './checker.ts';
import { Talker } from './talker.ts';

/** How long the server lives under load before it is killed, in milliseconds. */
const LIFE = { least: 20, most: 400 };

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 20_000;

/** How long a test of so many kills may take, in milliseconds. */
export function timeoutOf(kills: number): number {
  return 60_000 + kills * 15_000;
}

/** Kills a server under load again and again, and expects that it loses nothing that was answered sent:. */
export async function survivesKills(kills: number, plugins: ProgramConfig['plugins'] = {}): Promise<void> {
  await using program = await startProgram({
    plugins: { 'single-session': false, ...plugins },
    limits: { linesPerSecond: 0, bytesPerSecond: 0 },
  });
  const talkers = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'].map((name, index) => new Talker(name, index % 2 === 0));
  // Three devices of one account that listens: two acknowledge, one is plain.
  const devices = [new Talker('u6', true, 'phone'), new Talker('u6', true, 'laptop'), new Talker('u6', false)];
  const everyone = [...talkers, ...devices];
  const names = [...new Set(everyone.map(({ user }) => user))];
  await program.registers(...names);
  const log: Sent[] = [];
  for (let kill = 0; kill < kills; kill++) {
    if (kill > 0) await program.start();
    await Promise.all(everyone.map((talker) => talker.logsIn(program.port, PASSWORD)));
    for (const talker of talkers)
      talker.talks(
        log,
        names.filter((name) => name !== talker.user),
      );
    // The moment of the kill is what varies: no event is awaited here.
    await after(LIFE.least + Math.random() * (LIFE.most - LIFE.least));
    await program.kill();
    await Promise.all(everyone.map((talker) => talker.isCutOff()));
  }
  await program.start();
  await Promise.all(everyone.map((talker) => talker.logsIn(program.port, PASSWORD)));
  const deadline = Date.now() + PATIENCE;
  let found = faults(log, everyone);
  // Who speaks JSON has sent what was not answered again, and so is answered in the end.
  const json = new Set(talkers.filter(({ exactlyOnce }) => exactlyOnce).map(({ user }) => user));
  const unanswered = () => log.filter(({ from, answered }) => json.has(from) && !answered);
  while ((found.some((fault) => fault.includes('never saw')) || unanswered().length > 0) && Date.now() < deadline) {
    await after(100);
    found = faults(log, everyone);
  }
  expect(unanswered()).toEqual([]);
  await Promise.all(everyone.map((talker) => talker.logsOut()));
  expect(found.slice(0, 20)).toEqual([]);
  expect(disorder(everyone).slice(0, 20)).toEqual([]);
  const answered = log.filter((message) => message.answered).length;
  expect(answered).toBeGreaterThan(kills);
  expect(program.stderr).toBe('');
}
