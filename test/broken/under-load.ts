import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Balancer } from '../support/balancer.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { disorder, faults, type Sent } from './checker.ts';
import { Talker } from './talker.ts';

/** How long all servers serve before something happens to one of them, in milliseconds. */
const PAUSE = { least: 200, most: 600 };

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 20_000;

/** What a config needs for a load without limits, by clients whose sessions come and go. */
export const UNLIMITED = {
  plugins: { 'single-session': false },
  limits: { linesPerSecond: 0, bytesPerSecond: 0 },
};

/**
 * Does something to servers while users talk over a balancer, and expects that nothing is lost, doubled or out of order.
 * @param program registers the users
 * @param steps done one after the other, each after a moment
 */
export async function underLoad(
  balancer: Balancer,
  program: Program,
  steps: readonly (() => Promise<void>)[],
): Promise<void> {
  const talkers = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'].map((name) => new Talker(name, true));
  const everyone = [...talkers, new Talker('u6', true, 'phone'), new Talker('u6', true, 'laptop')];
  const names = [...new Set(everyone.map(({ user }) => user))];
  await program.registers(...names);
  await Promise.all(everyone.map((talker) => talker.logsIn(balancer.port, PASSWORD)));
  const over = new AbortController();
  const stays = everyone.map((talker) => talker.staysConnected(balancer.port, over.signal));
  const log: Sent[] = [];
  for (const talker of talkers) {
    talker.talks(
      log,
      names.filter((name) => name !== talker.user),
    );
  }
  for (const step of steps) {
    // The moment is what varies: no event is awaited here.
    await after(PAUSE.least + Math.random() * (PAUSE.most - PAUSE.least));
    await step();
  }
  for (const talker of talkers) talker.stopsTalking();
  const unanswered = () => log.filter(({ answered }) => !answered);
  const deadline = Date.now() + PATIENCE;
  let found = faults(log, everyone);
  while ((found.length > 0 || unanswered().length > 0) && Date.now() < deadline) {
    await after(100);
    found = faults(log, everyone);
  }
  over.abort();
  await Promise.all(stays);
  expect(unanswered().slice(0, 20)).toEqual([]);
  expect(found.slice(0, 20)).toEqual([]);
  expect(disorder(everyone).slice(0, 20)).toEqual([]);
  expect(log.length).toBeGreaterThan(steps.length);
  for (const { reconnects } of everyone) expect(reconnects).toBeGreaterThan(0);
}
