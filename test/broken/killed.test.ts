import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';
import { disorder, faults, type Sent } from './checker.ts';
import { Talker } from './talker.ts';

/** How often the server is killed; KILLS=1000 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 50);

/** How long it lives under load before, in milliseconds. */
const LIFE = { least: 20, most: 400 };

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 20_000;

test(`killed ${KILLS} times under load, the server loses nothing that was answered sent:`, {
  timeout: 60_000 + KILLS * 15_000,
}, async () => {
  await using program = await startProgram({
    plugins: { 'single-session': false },
    limits: { linesPerSecond: 0, bytesPerSecond: 0 },
  });
  const talkers = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'].map((name, index) => new Talker(name, index % 2 === 0));
  // Three devices of one account that listens: two acknowledge, one is plain.
  const devices = [new Talker('u6', true, 'phone'), new Talker('u6', true, 'laptop'), new Talker('u6', false)];
  const everyone = [...talkers, ...devices];
  const names = [...new Set(everyone.map(({ user }) => user))];
  await program.registers(...names);
  const log: Sent[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
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
  expect(answered).toBeGreaterThan(KILLS);
  expect(program.stderr).toBe('');
});
