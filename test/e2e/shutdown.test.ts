import { expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s says closing:shutdown to everyone, and keeps what was sent',
  async (signal) => {
    await using program = await startProgram();
    await program.registers('carol');
    const alice = await program.joins('alice');
    const early = await program.connect({ name: 'early' });
    await early.says('carol');
    await early.sees('password');
    await alice.says('message carol before the end');
    await alice.sees('sent:');
    const code = program.stop(signal);
    for (const client of [alice, early]) {
      await client.sees('closing:shutdown');
      await client.isClosed();
    }
    expect(await code).toBe(0);
    await program.start();
    const carol = await program.returns('carol', PASSWORD);
    await carol.hears('alice', 'before the end');
    expect(program.stderr).toBe('');
  },
);

test('a client that does not end its side does not hold the server up', async () => {
  await using program = await startProgram({ limits: { closeTime: 200 } });
  const socket = await program.connect({ name: 'stubborn', stubborn: true });
  await socket.says('alice');
  await socket.sees('register');
  expect(await program.stop()).toBe(0);
});

test('a second signal ends it at once', async () => {
  await using program = await startProgram({ limits: { closeTime: 60_000 } });
  const socket = await program.connect({ name: 'stubborn', stubborn: true });
  await socket.says('alice');
  await socket.sees('register');
  program.signals('SIGTERM');
  await socket.sees('closing:shutdown');
  expect(await program.stop('SIGINT')).toBe(130);
});
