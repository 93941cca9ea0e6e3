import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import {
  factsOf,
  latencies,
  NO_EXEMPTION,
  opens,
  Raw,
  socketsOf,
  startTarget,
  UNPACED,
  until,
} from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

/** A process of its own, so that it does not slow down those who measure. */
const CROWD = fileURLToPath(new URL('../support/half-open-crowd.ts', import.meta.url));

const HALF_OPEN = 5_000;
const CHATTING = 100;

/** Below so many milliseconds a busy machine makes more of a difference than any attack. */
const FLOOR = 5;

/** Quiet times and attacks take turns, each so many looks long: at least, and where the machine is busy at most, so often. */
const LOOKS = 3;
const ROUNDS = { least: 3, most: 12 };

/** The lower quartile. */
function calm(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}

describe('logins that are never finished', () => {
  test(`${HALF_OPEN} of them, while ${CHATTING} people chat: the 99th percentile is at most twice that of quiet times`, {
    timeout: 600_000,
  }, async () => {
    await using program = await startTarget({
      plugins: { connections: { loginsStart: 10_000, loginsFull: 10_000 }, timeouts: { login: 600 } },
      limits: { ...UNPACED, loginLines: 1000 },
    });
    const names = Array.from({ length: CHATTING }, (_, i) => `u${i}`);
    await program.registers(...names);
    const people: LineClient[] = [];
    for (const name of names) people.push(await program.returns(name));
    /** Each says something to the next one, one after the other, as people do; all together would measure the crowd. */
    const p99 = async () => {
      const all: number[] = [];
      for (const [i, from] of people.entries()) {
        all.push(...(await latencies(from, people[(i + 1) % CHATTING] as LineClient, 2)));
      }
      return all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)] as number;
    };
    const looks = async (into: number[]) => {
      for (let look = 0; look < LOOKS; look++) into.push(await p99());
    };
    const before = socketsOf(program);
    await p99();
    const quiet: number[] = [];
    const attacked: number[] = [];
    // What else the machine does only ever adds: what an attack costs shows in the calmer looks too, and in all of them.
    const slower = () => calm(attacked) / Math.max(calm(quiet), FLOOR);
    for (let round = 0; round < ROUNDS.least || (slower() > 2 && round < ROUNDS.most); round++) {
      await looks(quiet);
      const crowd = spawn(process.execPath, [CROWD, String(program.port), String(HALF_OPEN)], { stdio: 'ignore' });
      try {
        await until('all of them to be there', async () => (await factsOf(program)).sessions > HALF_OPEN);
        await looks(attacked);
      } finally {
        crowd.kill('SIGKILL');
      }
      await until('their descriptors to be free', () => socketsOf(program) <= before + 1);
    }
    expect(slower(), JSON.stringify({ quiet, attacked })).toBeLessThanOrEqual(2);
  });

  test('by the defaults 16 of 1,000 from one address stay, and people from elsewhere log in at once', {
    timeout: 60_000,
  }, async () => {
    await using program = await startTarget({ limits: NO_EXEMPTION });
    await program.registers('alice');
    const attackers = await opens(program, 1_000, () => '127.0.0.66');
    await until('the others to be closed', () => attackers.filter(({ closed }) => !closed).length <= 16);
    const told = attackers.filter(({ closed }) => closed).map(({ said }) => said);
    for (const said of told) expect(said).toMatch(/^(closing:too-many-(new-)?connections\n)?$/);
    const alice = await program.connect({ localAddress: '127.0.0.3' });
    await alice.logsIn('alice', PASSWORD);
    for (const { socket } of attackers) socket.destroy();
  });

  test('by the defaults 2,000 from one address that are refused and stay take no file from others', {
    timeout: 60_000,
  }, async () => {
    // Each is cut only after its time, unless there are many.
    await using program = await startTarget({ limits: { ...NO_EXEMPTION, closeTime: 60_000 } });
    await program.registers('alice');
    const before = socketsOf(program);
    const attackers = await opens(program, 2_000, () => '127.0.0.66', { allowHalfOpen: true });
    await until('most of them to be cut', () => socketsOf(program) <= before + 16 + 32);
    const alice = await program.connect({ localAddress: '127.0.0.3' });
    await alice.logsIn('alice', PASSWORD);
    for (const { socket } of attackers) socket.destroy();
  });

  test('by the defaults 3,000 from as many addresses come to 2,000 at most, and who tries again gets in', {
    timeout: 120_000,
  }, async () => {
    await using program = await startTarget({ limits: NO_EXEMPTION });
    await program.registers('alice', 'bob');
    const bob = await program.returns('bob');
    const attackers = await opens(program, 3_000, (i) => `127.1.${i >> 8}.${i & 255}`);
    let sessions = 0;
    await until('each to be accepted or closed', async () => {
      sessions = (await factsOf(program)).sessions;
      return sessions + attackers.filter(({ closed }) => closed).length > 3_000;
    });
    expect(sessions).toBeGreaterThan(500);
    expect(sessions).toBeLessThanOrEqual(2_001);
    expect(await bob.asks('who')).toBe('bob');
    let tries = 0;
    for (let welcome = false; !welcome; tries++) {
      const alice = new Raw(program, `127.2.${tries >> 8}.${tries & 255}`);
      alice.writes(`alice\n${PASSWORD}\n`);
      await until('an answer', () => alice.closed || /welcome\n$/.test(alice.said));
      welcome = /welcome\n$/.test(alice.said);
      if (!welcome) expect(alice.said).toMatch(/^(closing:busy\n)?$/);
      expect(tries).toBeLessThan(300);
    }
    expect(await bob.asks('who')).toMatch(/alice/);
    for (const { socket } of attackers) socket.destroy();
  });
});
