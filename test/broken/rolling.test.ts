import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startBalancer } from '../support/balancer.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { disorder, faults, type Sent } from './checker.ts';
import { Talker } from './talker.ts';

/** How often a server is restarted, one after the other. */
const RESTARTS = Number(process.env.RESTARTS ?? 6);

/** How long both servers serve between two restarts, in milliseconds. */
const PAUSE = { least: 200, most: 600 };

/** How long what is left may take to arrive in the end, in milliseconds. */
const PATIENCE = 20_000;

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  const postgres = usePostgres();

  test(`${RESTARTS} restarts of two servers, one after the other, lose nothing and double nothing`, {
    timeout: 60_000 + RESTARTS * 20_000,
  }, async () => {
    const { now, ...options } = postgres.options();
    const config = {
      plugins: { sqlite: false, postgres: options, 'single-session': false },
      limits: { linesPerSecond: 0, bytesPerSecond: 0 },
    };
    await using one = await startProgram(config);
    await using other = await startProgram(config);
    await using balancer = await startBalancer();
    balancer.serves(one.port, other.port);
    const talkers = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'].map((name) => new Talker(name, true));
    const everyone = [...talkers, new Talker('u6', true, 'phone'), new Talker('u6', true, 'laptop')];
    const names = [...new Set(everyone.map(({ user }) => user))];
    await one.registers(...names);
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
    for (let restart = 0; restart < RESTARTS; restart++) {
      const [leaves, remains] = restart % 2 === 0 ? [one, other] : [other, one];
      // The moment is what varies: no event is awaited here.
      await after(PAUSE.least + Math.random() * (PAUSE.most - PAUSE.least));
      balancer.serves(remains.port);
      // Each server is updated, and fails, in turn.
      if (restart % 4 < 2) expect(await leaves.stop()).toBe(0);
      else await leaves.kill();
      await leaves.start();
      balancer.serves(leaves.port, remains.port);
      balancer.breaksHalf();
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
    expect(log.length).toBeGreaterThan(RESTARTS);
    for (const { reconnects } of everyone) expect(reconnects).toBeGreaterThan(0);
    expect(one.stderr + other.stderr).toBe('');
  });
});
