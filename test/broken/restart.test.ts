import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';
import { faults, type Sent } from './checker.ts';
import { Talker } from './talker.ts';

/** How often the server is restarted; RESTARTS=200 makes a long run of it. */
const RESTARTS = Number(process.env.RESTARTS ?? 8);

/** How long it lives under load before, in milliseconds. */
const LIFE = { least: 20, most: 300 };

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 20_000;

test(`restarted ${RESTARTS} times under load, the server answers all that it keeps, and keeps all that it answers`, {
  timeout: 60_000 + RESTARTS * 5_000,
}, async () => {
  await using program = await startProgram({
    plugins: { 'single-session': false },
  });
  const talkers = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'].map((name, index) => new Talker(name, index % 2 === 0));
  const names = talkers.map(({ user }) => user);
  await program.registers(...names);
  const log: Sent[] = [];
  for (let restart = 0; restart < RESTARTS; restart++) {
    if (restart > 0) await program.start();
    await Promise.all(talkers.map((talker) => talker.logsIn(program.port, PASSWORD)));
    for (const talker of talkers)
      talker.talks(
        log,
        names.filter((name) => name !== talker.user),
      );
    // The moment of the signal is what varies: no event is awaited here.
    await after(LIFE.least + Math.random() * (LIFE.most - LIFE.least));
    expect(await program.stop()).toBe(0);
    await Promise.all(talkers.map((talker) => talker.isCutOff()));
  }
  await program.start();
  await Promise.all(talkers.map((talker) => talker.logsIn(program.port, PASSWORD)));
  const deadline = Date.now() + PATIENCE;
  let found = faults(log, talkers);
  while (found.some((fault) => fault.includes('never saw')) && Date.now() < deadline) {
    await after(100);
    found = faults(log, talkers);
  }
  await Promise.all(talkers.map((talker) => talker.logsOut()));
  expect(found.slice(0, 20)).toEqual([]);
  const seen = new Set(talkers.flatMap(({ texts }) => texts));
  expect(log.filter(({ text, answered }) => seen.has(text) && !answered).map(({ text }) => text)).toEqual([]);
  expect(log.filter(({ answered }) => answered).length).toBeGreaterThan(RESTARTS);
});
