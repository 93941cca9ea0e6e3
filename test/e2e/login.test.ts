import { describe, expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';

describe('a person at the plain line', () => {
  test('registers, logs in, and is told of each error', async () => {
    await using program = await startProgram();
    const alice = await program.connect({ name: 'alice' });
    for (const bad of ['', 'a b', 'a:b', '__proto__', 'x'.repeat(33)]) {
      await alice.says(bad);
      await alice.sees('username');
    }
    await alice.says('alice', 'no');
    await alice.seesInOrder('register', 'username');
    await alice.says('alice', 'y', 'tea-at-four', 'tea-at-five');
    await alice.seesInOrder('register', 'password', 'password');
    await alice.says('short', 'short');
    await alice.sees('password:too-short');
    await alice.says(PASSWORD, PASSWORD);
    await alice.sees('registered');
    await alice.says('ALICE', 'wrong', PASSWORD, 'who');
    await alice.seesInOrder('password', 'password', 'welcome', 'alice');

    const second = await program.connect({ name: 'alice again' });
    await second.says('alice');
    await second.sees('connected');
    await alice.logsOut();
    await second.logsIn('alice', PASSWORD);
    expect(program.stderr).toBe('');
  });

  test('is blocked after three wrong passwords, also after a restart and a kill, and from there only', async () => {
    await using program = await startProgram({ plugins: { lockout: { lockoutDuration: 600 } } });
    await program.registers('alice', 'bob');
    const guesser = await program.connect({ name: 'a guesser' });
    await guesser.says('alice', 'wrong 1', 'wrong 2', 'wrong 3');
    await guesser.seesInOrder('password', 'password', 'password', '600');
    await guesser.isClosed();
    const isBlocked = async () => {
      const late = await program.connect({ name: 'alice' });
      await late.says('alice');
      await late.sees(/^blocked:(5\d\d|600)$/);
      await late.isClosed();
    };
    await isBlocked();
    expect(await program.stop()).toBe(0);
    await program.start();
    await isBlocked();
    await program.kill();
    await program.start();
    await isBlocked();
    await program.returns('bob');
    const elsewhere = await program.connect({ name: 'alice', localAddress: '127.0.0.2' });
    await elsewhere.logsIn('alice', PASSWORD);
  });

  test('may log in again when the block has ended, which BLOCK_TIME sets', async () => {
    await using program = await startProgram({}, { env: { BLOCK_TIME: '0.2' } });
    await program.registers('alice');
    for (const attempt of [1, 2]) {
      const one = await program.connect({ name: `guess ${attempt}` });
      await one.says('alice', 'wrong');
      await one.seesInOrder('password', 'password');
      await one.closes();
    }
    const third = await program.connect({ name: 'guess 3' });
    await third.says('alice', 'wrong');
    await third.seesInOrder('password', '1');
    await third.isClosed();
    for (;;) {
      const alice = await program.connect({ name: 'alice' });
      if ((await alice.asks('alice')) === 'password') {
        await alice.says(PASSWORD);
        await alice.sees('welcome');
        break;
      }
      await alice.isClosed();
    }
  });
});

describe('time-outs', () => {
  test('a login that takes too long ends, whatever trickles in', async () => {
    await using program = await startProgram({ plugins: { timeouts: { login: 0.5 } } });
    const slow = await program.connect({ name: 'slow' });
    let ended = false;
    const end = slow.sees('timeout').then(() => {
      ended = true;
    });
    while (!ended) await slow.writesRaw('x');
    await end;
    await slow.isClosed();
  });

  test('who says nothing is told so after TIME_OUT seconds, and chatters stay', async () => {
    await using program = await startProgram({ limits: { linesPerSecond: 0 } }, { env: { TIME_OUT: '1' } });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    let ended = false;
    const end = bob.sees('timeout').then(() => {
      ended = true;
    });
    while (!ended) expect(await alice.asks('whoelse')).toMatch(/^(bob)?$/);
    await end;
    await bob.isClosed();
    await alice.asksUntil('who', 'alice');
  });
});
