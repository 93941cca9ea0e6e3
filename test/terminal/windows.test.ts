import { describe, expect, test } from 'vitest';
import { startListening } from '../support/listening-server.ts';
import { online } from '../support/online-terminal.ts';
import { startProgram } from '../support/program.ts';
import { hasTmux } from '../support/tmux.ts';

/** Users who join a room are not told how long messages stay. */
const QUIET = { plugins: { history: { announce: false } } };

describe.skipIf(!hasTmux)('the windows of a terminal', { timeout: 60_000 }, () => {
  test('show a room or conversation each, and the status line what is unread in the others', async () => {
    await using server = await startListening(QUIET);
    await server.registers('alice');
    const bob = await server.joins('bob');
    await bob.says('create #lab');
    await bob.sees('created:#lab');
    await using alice = await online(server, 'alice');
    await alice.enters('/join #lab');
    await bob.sees(/alice joined/);
    await alice.shows(/1 everyone \[2 #lab\]\n#lab>$/);
    await alice.enters('is the kiln free?');
    await bob.sees(/#lab alice: is the kiln free\?/);
    await alice.shows(/\d\d:\d\d you: is the kiln free\?\n1 everyone \[2 #lab\]\n#lab>$/);
    await alice.enters('/me waves');
    await bob.sees(/#lab \* alice waves$/);
    await alice.shows(/\d\d:\d\d \* alice waves\n1 everyone/);
    await alice.types('half a sen');
    await alice.presses('M-1');
    await alice.shows(/\[1 everyone\] 2 #lab\neveryone>$/);
    await bob.says('message #lab from noon on');
    await alice.shows(/\[1 everyone\] 2 #lab \(1\)\neveryone>$/);
    await bob.says('message #lab @alice or now');
    // What is meant for her is shown here too.
    await alice.shows(/#lab bob: @alice or now\n\[1 everyone\] 2 #lab \(2, @1\)\neveryone>$/);
    await bob.says('message alice psst');
    await alice.shows(/bob → you: psst\n\[1 everyone\] 2 #lab \(2, @1\) 3 bob \(@1\)\neveryone>$/);
    await alice.presses('M-a');
    await alice.shows(/bob: from noon on\n.*bob: @alice or now\n1 everyone \[2 #lab\] 3 bob \(@1\)\n#lab> half a sen$/);
    await alice.presses('C-n');
    await alice.shows(/^\d\d:\d\d bob: psst\n1 everyone 2 #lab \[3 bob\]\nbob>$/);
    await alice.presses('C-p', 'C-p');
    await alice.shows(/\[1 everyone\] 2 #lab 3 bob\neveryone>$/);
    await alice.enters('/win 9');
    await alice.shows('There is no window 9.');
    await alice.enters('/win bob');
    await alice.typed('bob>');
    await alice.enters('hello');
    await bob.seesInOrder('sent:', 'sent:', 'sent:', /alice: hello/);
    await alice.enters('/close');
    await alice.shows(/\[1 everyone\] 2 #lab\neveryone>$/);
  });

  test('take what is typed while the command that shows them is answered', async () => {
    await using program = await startProgram(QUIET);
    await program.registers('alice');
    const bob = await program.joins('bob');
    await bob.says('create #lab');
    await bob.sees('created:#lab');
    await using alice = await online(program, 'alice');
    // The answer cannot come before all is typed.
    program.signals('SIGSTOP');
    await alice.enters('/join #lab');
    await alice.types('is the ki');
    await alice.typed('everyone> is the ki');
    program.signals('SIGCONT');
    await alice.typed('#lab> is the ki');
    await alice.enters('ln free?');
    await bob.sees(/alice joined/);
    await bob.sees(/#lab alice: is the kiln free\?/);
    await alice.presses('M-1');
    await alice.typed('everyone>');
  });

  test('hold the history, page by page, and changes in place', async () => {
    await using server = await startListening(QUIET);
    await server.registers('alice');
    const bob = await server.joins('bob');
    for (let first = 1; first <= 150; first += 50) {
      const lines = Array.from({ length: 50 }, (_, index) => `broadcast line ${first + index}`);
      await bob.says(...lines);
      await bob.seesInOrder(...lines.map(() => 'sent:'));
    }
    {
      await using alice = await online(server, 'alice');
      await alice.shows(/bob: line 150\n/);
      await alice.presses('C-d');
      await alice.shows('ended with 0');
    }
    await using alice = await online(server, 'alice', { rows: 12 });
    await alice.presses('PageUp');
    await alice.shows(/bob: line 14\d\n[\s\S]*-- more below -- \[1 everyone\]\neveryone>$/);
    for (let pages = 0; pages < 200 && !(await alice.screen()).includes('bob: line 3\n'); pages++) {
      await alice.presses('PageUp');
    }
    const first = await alice.shows('bob: line 3\n');
    await alice.types('still here');
    await bob.says('broadcast meanwhile');
    await bob.sees('sent:');
    await bob.says('message alice psst');
    await alice.shows(/2 bob \(@1\)\neveryone> still here$/);
    const rows = (screen: string) => screen.split('\n').slice(0, -2);
    await alice.until((screen) => rows(screen).join() === rows(first).join(), 'what was being read');
    for (let pages = 0; pages < 200 && (await alice.screen()).includes('more below'); pages++) {
      await alice.presses('PageDown');
    }
    await alice.shows(/bob: line 150\n[\s\S]*bob: meanwhile\n.*bob → you: psst\n/);
    await bob.sees('sent:');
    await bob.says('edit last hush');
    await alice.shows(/bob → you: hush \(edited\)\n/);
    await alice.presses('C-u');
    await alice.enters('/win bob');
    await alice.shows(/^\d\d:\d\d bob: hush \(edited\)\n1 everyone \[2 bob\]\nbob>$/);
    await alice.enters('react last 👍');
    await alice.shows(/^\d\d:\d\d bob: hush \(edited\)\n +👍\n/);
    await alice.enters('tea at fuor?');
    // The answer has not come when this is typed.
    await alice.enters('/edit last tea at four?');
    await alice.shows('you: tea at four? (edited)');
    await alice.enters('/delete last');
    const screen = await alice.shows('you: (deleted)');
    expect(screen).not.toContain('fuor');
  });

  test('find a message, show it in its place, and answer it', async () => {
    // A store in memory is indexed at the first search only.
    await using server = await startProgram(QUIET);
    await server.registers('alice');
    const bob = await server.joins('bob');
    await bob.says('message alice the kiln is free');
    await bob.sees('sent:');
    for (let first = 1; first <= 150; first += 50) {
      const lines = Array.from({ length: 50 }, (_, index) => `message alice line ${first + index}`);
      await bob.says(...lines);
      await bob.seesInOrder(...lines.map(() => 'sent:'));
    }
    {
      await using alice = await online(server, 'alice', { shows: /line 150\n/ });
      await alice.presses('C-d');
      await alice.shows('ended with 0');
    }
    await using alice = await online(server, 'alice', { rows: 12 });
    await alice.enters('/search nowhere');
    await alice.shows('Nothing was found.');
    await alice.enters('/jump 1');
    await alice.shows('The last search has no hit 1.');
    await alice.enters('/search kiln');
    await alice.shows(/ {2}1 bob .* bob: the kiln is free\n.*\/jump 1 shows the first one in its place\.\n/);
    await alice.enters('/jump 1');
    await alice.shows(
      /\d\d:\d\d»bob: the kiln is free\n.*bob: line 1\n[\s\S]*-- more below -- 1 everyone \[2 bob\]\nbob>$/,
    );
    for (let pages = 0; pages < 200 && (await alice.screen()).includes('more below'); pages++) {
      await alice.presses('PageDown');
    }
    await alice.shows(/bob: line 149\n.*bob: line 150\n1 everyone \[2 bob\]\nbob>$/);
    for (let pages = 0; pages < 200 && !(await alice.screen()).includes('kiln is free'); pages++) {
      await alice.presses('PageUp');
    }
    await alice.shows(/»bob: the kiln is free\n.*bob: line 1\n/);
    await alice.enters('/win everyone');
    await bob.says('broadcast tea?');
    await alice.shows('bob: tea?');
    await bob.says('message alice and cake?');
    await alice.shows('bob → you: and cake?');
    // The last message of this window, not the last one of all.
    await alice.enters('/reply last yes');
    await alice.shows(/you: \(bob: "tea\?"\) yes\n/);
    await bob.seesInOrder('sent:', 'sent:', /alice: \(bob: "tea\?"\) yes/);
    await alice.types('/reply ');
    await alice.presses('Tab');
    await alice.shows(/»you: \(bob: "tea\?"\) yes\n[\s\S]*everyone> \/reply \d+$/);
    await alice.presses('Tab');
    await alice.shows(/»bob: tea\?\n[\s\S]*everyone> \/reply \d+$/);
    await alice.presses('BTab');
    await alice.shows(/»you: /);
    await alice.presses('C-u');
    await alice.types('react TEA?');
    await alice.presses('Tab');
    await alice.enters('+1');
    await alice.shows(/\d bob: tea\?\n +\+1\n/);
    await alice.types('/edit zzz');
    await alice.presses('Tab', 'C-w');
    await alice.presses('Tab');
    await alice.enters('no');
    await alice.shows('you: (bob: "tea?") no (edited)');
    await alice.enters('/win bob');
    await alice.enters('/edit last no');
    await alice.shows('There is no such message in this window.');
  });

  test('have the same numbers the next time, and Tab completes rooms to join', async () => {
    await using server = await startListening(QUIET);
    await server.registers('alice');
    const bob = await server.joins('bob');
    const rooms = Array.from({ length: 25 }, (_, index) => `#room-${index + 10}`);
    for (const room of rooms.slice(0, 9)) {
      await bob.says(`create ${room}`);
      await bob.sees(`created:${room}`);
    }
    const carol = await server.joins('carol');
    for (const room of rooms.slice(9, 18)) {
      await carol.says(`create ${room}`);
      await carol.sees(`created:${room}`);
    }
    {
      await using alice = await online(server, 'alice');
      await alice.types('/join #room-');
      await alice.presses('Tab');
      await alice.presses('Tab');
      await alice.shows(/#room-10 {2}#room-11[\s\S]*#room-27/);
      await alice.types('1');
      await alice.presses('Tab', 'C-u');
      for (const room of ['#room-27', '#room-12', '#room-10']) {
        await alice.enters(`/join ${room}`);
        await alice.shows(new RegExp(`\\[\\d ${room}\\]`));
      }
      await alice.shows('1 everyone 2 #room-27 3 #room-12 [4 #room-10]');
      await alice.presses('C-d');
      await alice.shows('ended with 0');
    }
    await using alice = await online(server, 'alice');
    await alice.shows('[1 everyone] 2 #room-10 3 #room-12 4 #room-27');
  });
});
