import { describe, expect, test } from 'vitest';
import { growthDuring, Raw, startTarget, UNPACED } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

const MB = 1024 * 1024;
const CHUNK = Buffer.alloc(MB, 'x');

async function floods(attacker: Raw, megabytes: number): Promise<number> {
  let sent = 0;
  while (sent < megabytes && !attacker.closed && attacker.socket.writable) {
    await attacker.pushes(CHUNK);
    sent++;
  }
  return sent;
}

describe('a line without an end', () => {
  test('of 1 GB costs less than 128 MB of memory, is answered when it ends, and the others chat on', {
    timeout: 120_000,
  }, async () => {
    await using program = await startTarget({ limits: UNPACED });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    await program.registers('mallory');
    const attacker = new Raw(program);
    attacker.writes(`mallory\n${PASSWORD}\n`);
    await attacker.sees(/welcome\n$/);
    let flooding = true;
    const growth = await growthDuring(program, async () => {
      const flood = floods(attacker, 1024).finally(() => {
        flooding = false;
      });
      while (flooding) {
        expect(await alice.asks('message bob hi')).toBe('sent:');
        await bob.hears('alice', 'hi');
      }
      expect(await flood).toBe(1024);
    });
    expect(growth).toBeLessThan(128);
    attacker.writes('\nwho\n');
    await attacker.sees(/welcome\nerror:line:too-long\nalice bob mallory\n$/);
    await attacker.closes();
  });

  test('before the login of 256 MB is a wrong user name, and costs less than 128 MB', async () => {
    await using program = await startTarget({ limits: UNPACED });
    const attacker = new Raw(program);
    const growth = await growthDuring(program, async () => {
      expect(await floods(attacker, 256)).toBe(256);
      attacker.writes('\n');
      expect(await attacker.sees(/\n$/)).toBe('username\n');
    });
    expect(growth).toBeLessThan(128);
    await attacker.closes();
  });

  test('by the defaults ends the connection within 8 MB', async () => {
    await using program = await startTarget();
    const attacker = new Raw(program);
    const sent = await floods(attacker, 1024);
    expect(await attacker.ends()).toMatch(/^(closing:too-fast\n)?$/);
    // What the system's buffers had taken by then counts as sent.
    expect(sent).toBeLessThan(8);
  });
});
