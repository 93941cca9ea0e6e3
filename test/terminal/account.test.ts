import { describe, expect, test } from 'vitest';
import { startListening } from '../support/listening-server.ts';
import { online } from '../support/online-terminal.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { hasTmux } from '../support/tmux.ts';

const NEW = 'coffee-at-ten';

describe.skipIf(!hasTmux)('a person at a terminal', { timeout: 60_000 }, () => {
  test('changes the password, and no line that may be one is ever sent or shown', async () => {
    await using program = await startProgram();
    await program.registers('alice');
    const bob = await program.joins('bob');
    await using alice = await online(program, 'alice');
    // All of it is typed before the server has asked.
    program.signals('SIGSTOP');
    await alice.enters('change-password');
    await alice.enters('too early');
    program.signals('SIGCONT');
    await alice.shows('Lines typed before the question were not sent: 1.');
    await alice.typed('Your password:');
    await alice.enters('not-hers');
    await alice.shows(/That is not your password\.\nYour password:$/);
    program.signals('SIGSTOP');
    for (const line of [PASSWORD, NEW, NEW, 'one too many']) await alice.enters(line);
    program.signals('SIGCONT');
    await alice.shows(/> change-password\n {2}done\n· What you typed meanwhile was dropped, as it may be a secret\.\n/);
    await alice.typed('everyone>');
    await alice.types('draft');
    await alice.typed('everyone> draft');
    await alice.presses('C-u');
    await alice.enters('change-password');
    await alice.typed('Your password:');
    await alice.presses('C-c');
    await alice.shows('You gave no answer, so /change-password was cancelled.');
    await alice.enters('hello');
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
    const screen = await alice.screen();
    for (const secret of ['not-hers', PASSWORD, NEW, 'too early', 'too many']) expect(screen).not.toContain(secret);
  });

  test('sees what was typed above its answer, and an answer even if there is nothing to list', async () => {
    await using server = await startListening();
    await server.registers('alice');
    await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.enters('ignored');
    await alice.shows(/> ignored\n· \(no output\)\n/);
    await alice.enters('/ignore bob');
    await alice.shows(/> \/ignore bob\n {2}ignored: bob\n/);
    await alice.enters('/ignored');
    await alice.shows(/> \/ignored\n {2}bob\n/);
    await alice.enters('/ignore nobody');
    await alice.shows(/> \/ignore nobody\n! There is no user nobody\.\n/);
    await alice.enters('delete-account redact');
    await alice.typed('Your password:');
    await alice.enters(PASSWORD);
    await alice.shows('ended with 3');
  });
});
