import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';

test('an evening in the chat', async () => {
  await using program = await startProgram();
  await program.registers('carol', 'dave');
  const alice = await program.joins('alice');
  const bob = await program.joins('bob');

  await alice.says('whoelse', 'who', 'wholast 60', 'last 1');
  await alice.seesInOrder('bob', 'alice bob', 'alice bob', 'alice bob');
  await alice.says('message bob  two  blanks ', 'send bob \u001b[2Jcleared?');
  await alice.seesInOrder('sent:', 'sent:');
  await bob.hears('alice', ' two  blanks ');
  await bob.hears('alice', '[2Jcleared?');

  await bob.says('message (alice carol ghost CAROL) lunch?', 'message ghost boo', 'broadcast all of you');
  await bob.seesInOrder('sent:ghost', 'sent:ghost', 'sent:');
  await alice.hears('bob', 'lunch?');
  await alice.hears('bob', 'all of you');
  await bob.seesNothing();

  await alice.says('dance now', 'message', 'wholast 0', 'wholast 1441', 'help dance', `${'y'.repeat(50)} z`);
  await alice.seesInOrder(
    'error:command:dance',
    'error:args:message',
    'error:args:wholast',
    'error:args:wholast',
    'error:args:help',
    `error:command:${'y'.repeat(32)}`,
  );
  await alice.says('help who', 'fetch');
  await alice.seesInOrder('who - Lists everyone who is online', 'end:help', 'fetching');
  await bob.logsOut();
  await alice.asksUntil('who', 'alice');
  await alice.says('wholast 5');
  await alice.sees('alice bob');

  const carol = await program.returns('carol');
  await carol.hears('bob', 'lunch?');
  await carol.hears('bob', 'all of you');
  await carol.seesNothing();
  expect(await program.stop()).toBe(0);

  await program.start();
  const dave = await program.returns('dave');
  await dave.hears('bob', 'all of you');
  await dave.seesNothing();
  const again = await program.returns('carol');
  await again.seesNothing();
  expect(program.stderr).toBe('');
});

test('what was answered sent: is there after the server is killed, in order and once', async () => {
  await using program = await startProgram();
  await program.registers('bob');
  const alice = await program.joins('alice');
  for (let i = 1; i <= 20; i++) {
    await alice.says(`message bob ${i}`);
    await alice.sees('sent:');
  }
  await program.kill();
  await program.start();
  const bob = await program.returns('bob');
  for (let i = 1; i <= 20; i++) await bob.hears('alice', String(i));
  await bob.seesNothing();
  await bob.logsOut();
  await program.stop();
  await program.start();
  const again = await program.returns('bob');
  await again.seesNothing();
});

test('a broadcast goes to those online, where the config says so', async () => {
  await using program = await startProgram({ plugins: { broadcast: { to: 'online' } } });
  await program.registers('carol');
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  await alice.says('broadcast hi');
  await alice.sees('sent:');
  await bob.hears('alice', 'hi');
  const carol = await program.returns('carol');
  await carol.seesNothing();
});
