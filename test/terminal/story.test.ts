import { describe, expect, test } from 'vitest';
import { Program as JsonProgram } from '../support/json-program.ts';
import { online } from '../support/online-terminal.ts';
import { startProgram } from '../support/program.ts';
import { hasTmux } from '../support/tmux.ts';

/** Users who join a room are not told how long messages stay. */
const QUIET = { plugins: { history: { announce: false } } };

describe.skipIf(!hasTmux)('a terminal beside a plain line and a program', { timeout: 60_000 }, () => {
  test('keeps its windows and drafts while the server is killed, and no message is lost', async () => {
    await using program = await startProgram(QUIET);
    // It comes back on the same port.
    await program.configures({ plugins: { ...QUIET.plugins, tcp: { host: '127.0.0.1', port: program.port } } });
    await program.registers('alice', 'carol');
    const bob = await program.joins('bob');
    await bob.says('create #lab');
    await bob.sees('created:#lab');
    await using alice = await online(program, 'alice');
    await alice.enters('/join #lab');
    await bob.sees(/alice joined/);
    await alice.shows(/\[2 #lab\]/);
    const carol = await JsonProgram.logsIn(await program.connectJson(), 'carol');
    carol.client.says({ type: 'message', request: 'a', to: ['alice'], text: 'lunch?' });
    await alice.shows(/carol → you: lunch\?\n[\s\S]*1 everyone \[2 #lab\] 3 carol \(@1\)/);
    await alice.enters('is the kiln free?');
    await bob.sees(/alice: is the kiln free\?/);
    await bob.says('message #lab from noon on');
    await alice.shows('bob: from noon on');
    await alice.types('a draft for the lab');
    await alice.presses('M-1');
    await alice.typed('everyone>');
    await alice.types('a draft for everyone');
    await program.kill();
    await alice.shows('Reconnecting.');
    await alice.presses('C-a', 'C-k', 'M-2');
    await alice.typed('(no connection) #lab> a draft for the lab');
    await alice.presses('C-u');
    await alice.enters('sent while it was down');
    await alice.enters('and so was this');
    await program.start();
    await alice.presses('M-3');
    await alice.enters('yes, at one');
    await alice.types('another dra');
    await alice.typed('carol> another dra');
    const bobAgain = await program.returns('bob');
    const carolAgain = await JsonProgram.logsIn(await program.connectJson(), 'carol');
    // What the server had not recorded as delivered is sent again before.
    const heard = [await bobAgain.next()];
    while (!heard.at(-1)?.includes('and so was this')) heard.push(await bobAgain.next());
    expect(heard.filter((line) => line.includes('sent while it was down'))).toHaveLength(1);
    let event = await carolAgain.client.next();
    while (event.type !== 'message') event = await carolAgain.client.next();
    expect(event).toMatchObject({ from: 'alice', text: 'yes, at one' });
    await alice.shows(
      /carol: lunch\?\n[\s\S]*you: yes, at one\n[\s\S]*1 everyone 2 #lab \[3 carol\]\ncarol> another dra$/,
    );
    await bobAgain.says('message #lab then at noon');
    await alice.shows(/2 #lab \(1\) \[3 carol\]\ncarol> another dra$/);
    await alice.presses('M-2');
    const lab = await alice.shows(/bob: then at noon\n[\s\S]*1 everyone \[2 #lab\] 3 carol\n#lab>$/);
    // Those who came back were there all along.
    expect(lab).not.toMatch(/bob came| left$/m);
    const said = lab.split('\n').flatMap((row) => /^\d\d:\d\d (\w+: .*)$/.exec(row)?.[1] ?? []);
    expect(said).toEqual([
      'you: is the kiln free?',
      'bob: from noon on',
      'you: sent while it was down',
      'you: and so was this',
      'bob: then at noon',
    ]);
    await alice.presses('M-3');
    await alice.typed('carol> another dra');
  });
});
