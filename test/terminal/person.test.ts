import { describe, expect, test } from 'vitest';
import { terminalDevice } from '../../src/client/terminal/terminal-device.ts';
import { startListening } from '../support/listening-server.ts';
import { online } from '../support/online-terminal.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { INVITED, ORDER } from '../support/questions.ts';
import { hasTmux, Terminal } from '../support/tmux.ts';

describe.skipIf(!hasTmux)('a person at a terminal', { timeout: 60_000 }, () => {
  test('registers, mistypes a password, and never sees one', async () => {
    await using server = await startListening();
    const args = [`127.0.0.1:${server.port}`];
    {
      await using terminal = await Terminal.connects(args);
      await terminal.shows('Name:');
      await terminal.enters('alice');
      await terminal.shows('There is no account “alice”. Register it? [y/N]');
      await terminal.enters('y');
      await terminal.shows('New password:');
      await terminal.enters('short');
      await terminal.shows('Repeat the password:');
      await terminal.enters('short');
      await terminal.shows('That password is too short.');
      await terminal.enters(PASSWORD);
      await terminal.shows(/Repeat the password:[\s\S]*Repeat the password:/);
      await terminal.enters(PASSWORD);
      await terminal.shows('You are alice');
      await terminal.presses('C-d');
      await terminal.shows('ended with 0');
    }
    await using terminal = await Terminal.connects(args);
    await terminal.shows('Name:');
    await terminal.enters('alice');
    await terminal.shows('Password for alice:');
    await terminal.enters('not-the-right-one');
    await terminal.shows(/Wrong password\.\nPassword for alice:$/);
    await terminal.types(PASSWORD);
    expect(await terminal.lastRow()).toBe('Password for alice:');
    await terminal.presses('Enter');
    const screen = await terminal.shows('online: alice');
    expect(screen).not.toContain('right-one');
    expect(screen).not.toContain(PASSWORD);
  });

  test('can type ahead of the questions, and unasked lines are not sent', async () => {
    await using program = await startProgram();
    await program.registers('alice');
    const bob = await program.joins('bob');
    const place = `127.0.0.1:${program.port}`;
    // The login cannot be done before all is typed.
    program.signals('SIGSTOP');
    await using alice = await Terminal.connects([place]);
    await alice.enters('alice');
    await alice.enters(PASSWORD);
    await alice.enters('one too many');
    program.signals('SIGCONT');
    await alice.shows('online:');
    await alice.presses('Up');
    await alice.enters('hello');
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });

  test('keeps typing while messages arrive', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.types('half a sen');
    await alice.typed('everyone> half a sen');
    await bob.says('message alice one', 'broadcast two');
    await alice.shows(/bob → you: one\n\d\d:\d\d bob: two\n\[1 everyone\] 2 bob \(@1\)\neveryone> half a sen$/);
    await alice.enters('tence');
    await bob.sees('sent:');
    await bob.sees('sent:');
    await bob.hears('alice', 'half a sentence');
    await alice.shows(/\d\d:\d\d you: half a sentence\n\[1 everyone\] 2 bob \(@1\)\neveryone>$/);
    // Wide characters and such of several parts take the columns that they take.
    await alice.types('漢字e\u0301x');
    await alice.presses('Left', 'Left', 'BSpace');
    await alice.typed('everyone> 漢e\u0301x');
    expect(await alice.cursor()).toBe('everyone> 漢'.length + 1);
    await alice.presses('C-u', 'C-k', 'Up');
    await alice.typed('everyone> half a sentence');
  });

  test('sees which messages are private, and answers one person', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.enters('@bob psst');
    await bob.hears('alice', 'psst');
    await alice.shows('you → bob: psst');
    await alice.enters('to bob');
    await alice.typed('bob>');
    await alice.enters('who wants lunch');
    await alice.shows('Usage: /who. To send it as text: say who wants lunch');
    await alice.enters('say who wants lunch');
    await bob.hears('alice', 'who wants lunch');
    await alice.enters('last lunch was good');
    await alice.shows(/To send it as text: say last lunch was\s+good/);
    await alice.enters('to be honest, I like it');
    await alice.shows(
      /Not online: be, honest, I, like, it\. To write to them anyway: \/to be[\s\S]*: say to be\s+honest/,
    );
    await alice.enters('quit complaining');
    await alice.shows('Usage: quit. To send it as text: say quit complaining');
    await alice.enters('/dance');
    await alice.shows('There is no command /dance, so nothing was sent.');
    await bob.seesNothing();
    await alice.enters('message (bob ghost) hello');
    await alice.shows(/you: hello\n! Sent to the others, but not to ghost: no such user, or unable/);
    await alice.enters('whoelse');
    await alice.shows('whoelse: bob');
  });

  test("does not send a line that was meant for a plugin's command, even a new one", async () => {
    const garden = `
      import { definePlugin } from 'chatserv';
      const command = (name) => ({ name, usage: name + ' <text>', summary: 'Does it', run: ({ rest }) => name + ' did: ' + rest });
      export default definePlugin({
        name: 'garden',
        summary: 'Keeps a garden',
        setup: () => ({ commands: [command('garden'), command('say')] }),
      });
    `;
    await using program = await startProgram({}, { files: { 'garden.ts': garden } });
    await program.registers('alice');
    const bob = await program.joins('bob');
    await using alice = await online(program, 'alice');
    await alice.enters('say garden is a word');
    await bob.hears('alice', 'garden is a word');
    await alice.enters('/say garden one');
    await alice.shows('A line that starts with / is never a message. Leave out the / to send it.');
    await alice.enters('/grden one');
    await alice.shows('There is no command /grden, so nothing was sent. /help lists the commands.');
    await program.configures({ plugins: { './garden.ts': true } });
    expect((await program.reloads()).errors).toBeUndefined();
    // Nothing has told the client of the reload.
    await alice.enters('garden tulips');
    await alice.shows('garden did: tulips');
    await alice.enters('/grden one');
    await alice.shows(/Did you mean \/garden\? \/help\s+lists the commands\./);
    await program.configures({});
    expect((await program.reloads()).errors).toBeUndefined();
    await alice.enters('garden roses');
    await alice.shows('There is no command /garden, so nothing was sent.');
    await program.configures({ plugins: { './garden.ts': true } });
    expect((await program.reloads()).errors).toBeUndefined();
    await alice.enters('say garden hi');
    await alice.shows('say did: garden hi');
    await alice.enters('/say garden ho');
    await alice.shows('say did: garden ho');
    await alice.enters('who is there');
    await alice.shows('Usage: /who. To send it as text: broadcast who is there');
    await bob.seesNothing();
  });

  test("answers a command's question, or cancels it, and stays logged in", async () => {
    await using program = await startProgram({ plugins: { './order.ts': true } }, { files: { 'order.ts': ORDER } });
    await program.registers('alice');
    const bob = await program.joins('bob');
    await using alice = await online(program, 'alice');
    await alice.enters('order');
    await alice.shows(/\/order is asking\. Ctrl-C cancels\.\nsize:$/);
    await alice.types('sm');
    await bob.says('broadcast hungry too');
    await bob.sees('sent:');
    await alice.shows(/bob: hungry too\nsize: sm$/);
    await alice.enters('all');
    await alice.shows(/not so small\.\nsize:$/);
    await alice.enters('large');
    await alice.shows(/\ncard:$/);
    await alice.types('4111');
    await alice.typed('card:');
    await alice.presses('Enter');
    await alice.shows('large pizza, paid with 4 digits');
    await alice.enters('order');
    await alice.shows(/size:$/);
    await alice.presses('C-c');
    await alice.shows('You gave no answer, so /order was cancelled.');
    await alice.typed('everyone>');
    await alice.enters('hello');
    await bob.hears('alice', 'hello');
    await bob.seesNothing();
  });

  test("answers a plugin's question during the login", async () => {
    await using program = await startProgram(
      { plugins: { './invited.ts': true } },
      { files: { 'invited.ts': INVITED } },
    );
    await using alice = await Terminal.connects([`alice@127.0.0.1:${program.port}`, '--register'], {
      env: { CHATSERV_PASSWORD: PASSWORD },
    });
    await alice.shows(/\nWho invited you\?$|^Who invited you\?$/);
    await alice.enters('carol');
    await alice.shows('nobody knows them.');
    await alice.enters('bob');
    await alice.shows(/bob\n.*Who invited you\?$/s);
    await alice.enters('bob');
    await alice.shows('online: alice');
  });

  test('addresses a user whose name contains an @, and several at once', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const [ann, home, annAtHome] = [
      await server.joins('ann'),
      await server.joins('home'),
      await server.joins('ann@home'),
    ];
    await using alice = await online(server, 'alice');
    await alice.enters('to ann@home');
    await alice.typed('ann@home>');
    await alice.enters('psst');
    await annAtHome.hears('alice', 'psst');
    await alice.enters('@ann@home again');
    await annAtHome.hears('alice', 'again');
    await alice.enters('@(ann, ann@home) both');
    await annAtHome.hears('alice', 'both');
    await ann.hears('alice', 'both');
    await alice.enters('to ann everyone');
    await alice.shows('Not online: everyone.');
    for (const client of [ann, home, annAtHome]) await client.seesNothing();
  });

  test('can address a new user even if the server does not report arrivals', async () => {
    await using server = await startListening({ plugins: { watch: false, websocket: false, page: false } });
    await server.registers('alice');
    await using alice = await online(server, 'alice');
    const bob = await server.joins('bob');
    await alice.enters('to bob');
    await alice.typed('bob>');
    await alice.enters('hello');
    await bob.hears('alice', 'hello');
  });

  test('sees waiting messages with their number, then new ones', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await bob.says('message alice one', 'broadcast two');
    await bob.seesInOrder('sent:', 'sent:');
    await using alice = await online(server, 'alice');
    await alice.shows(/── 2 messages while you were away ─+\n.*: one\n.*: two\n── now ─+\n/);
  });

  test('completes commands and names with Tab', async () => {
    await using server = await startListening();
    await server.registers('alice');
    await server.joins('bobby');
    await server.joins('bonnie');
    await using alice = await online(server, 'alice');
    await alice.shows(/online:.*bonnie/);
    await alice.types('/mes');
    await alice.presses('Tab');
    await alice.typed('everyone> /message');
    await alice.types('b');
    await alice.presses('Tab');
    await alice.typed('everyone> /message bo');
    await alice.presses('Tab');
    await alice.shows(/ {2}bobby {2}bonnie\neveryone> \/message bo$/);
    await alice.types('n');
    await alice.presses('Tab');
    await alice.types('hi');
    await alice.typed('everyone> /message bonnie hi');
    await alice.presses('C-u');
    await alice.types('/room-');
    await alice.presses('Tab');
    // Many choices take several rows, each with whole words.
    await alice.shows(
      /\n {2}room-access( {2}room-[a-z-]+)+\n {2}room-[a-z-]+( {2}room-[a-z-]+)*\n[\s\S]*everyone> \/room-$/,
    );
  });

  test('pastes several lines, which are sent once they are confirmed', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.types('draft ');
    await alice.pastes('one\ttab\n@bob two\nthree');
    await alice.shows(/ {2}│ draft one tab\n {2}│ @bob two\n {2}│ three\nSend these 3 lines to everyone\? \[Y\/n\]$/);
    await alice.enters('n');
    await alice.shows('Nothing was sent.');
    await alice.pastes('one\ttab\n@bob two\nthree');
    await alice.shows('[Y/n] n');
    await alice.presses('Enter');
    for (const text of ['one tab', 'two', 'three']) await bob.hears('alice', text);
    // A single line can be edited first, even with its line end.
    await alice.pastes('four\n');
    await alice.typed('everyone> four');
    await bob.seesNothing();
  });

  test('quits once everything typed is sent', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.pastes('one\ntwo\nthree\nquit\n');
    await alice.presses('Enter');
    await alice.shows('ended with 0');
    for (const text of ['one', 'two', 'three']) await bob.hears('alice', text);
  });

  test('can withdraw a paste', async () => {
    await using server = await startListening({ limits: { lineBurst: 20, linesPerSecond: 1 } });
    await server.registers('alice');
    await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.pastes('a line\n'.repeat(500));
    await alice.shows(/and 492 more\nSend these 500 lines to everyone\? \[Y\/n\]$/);
    await alice.presses('Enter');
    await alice.shows(/\(4\d\d waiting\) everyone>$/);
    await alice.types('half');
    await alice.presses('C-c');
    await alice.shows(/waiting\) everyone>$/);
    await alice.presses('C-c');
    await alice.shows(/Lines withdrawn: 4\d\d\./);
    await alice.presses('C-c');
    await alice.shows('ended with 0');
  });

  test('hears a bell for a message that is private or mentions them', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await bob.says('broadcast nothing for malice');
    await alice.shows('nothing for malice');
    expect(await alice.rang()).toBe(false);
    await bob.says('broadcast hello, Alice!');
    await alice.shows('hello, Alice!');
    expect(await alice.rang()).toBe(true);
    const row = (await alice.screen(true)).split('\n').find((row) => row.includes('Alice!'));
    expect(row?.split('bob')[0]).toMatch(/\[[\d;]*7[;m]/);
  });

  test('continues at once after suspending without a shell', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.types('half');
    await alice.presses('C-z');
    await alice.enters(' and half');
    await bob.hears('alice', 'half and half');
  });

  test('is not disturbed by what others send', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice');
    await alice.types('typing');
    await bob.writesRaw('message alice a\u202eb\u2066c\u2028d\u001b[2Je\u009b2Jf\u200bg\n');
    // A line of a text is indented, so that it cannot be taken for a message.
    await alice.shows(/you: a<202e>b<2066>c\n +d\[2Je2Jf<200b>g\n\[1 everyone\] 2 bob \(@1\)\neveryone> typing$/);
    await bob.says(`message alice ${'e'.concat('\u0301'.repeat(400))}!`);
    await alice.shows(/you: e\u0301{8}!\n\[1 everyone\] 2 bob \(@2\)\neveryone> typing$/);
  });

  test('can resize the window', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice', { columns: 60 });
    await alice.types('a line that is longer than the window will be');
    await alice.resizes(24, 24);
    await alice.until((screen) => /^> ‹.* be$/.test(screen.split('\n').at(-1) ?? ''), 'the end of the line');
    await bob.says('message alice several words, wrapped');
    await alice.shows(/bob → you:\s+several\n +words, wrapped\n\[1 everyone\] 2 bob \(@1\)\n> ‹.* be$/);
    await alice.presses('Enter');
    await bob.sees('sent:');
    await bob.hears('alice', 'a line that is longer than the window will be');
  });

  test('types emoji up to the edge and beyond, even if the terminal draws them wider', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await online(server, 'alice', { columns: 50 });
    await alice.types('👍🏽'.repeat(40));
    await alice.until((screen) => screen.includes('‹'), 'a line that is cut');
    await bob.says('message alice hi');
    const screen = await alice.shows('bob → you: hi');
    expect(screen.match(/everyone>/g)).toHaveLength(1);
    await alice.presses('C-u');
    await alice.typed('everyone>');
  });

  test('has colours unless they are switched off', async () => {
    await using server = await startListening();
    await server.registers('alice');
    await server.joins('bob');
    for (const env of [{}, { NO_COLOR: '1' }] as Record<string, string>[]) {
      await using alice = await online(server, 'alice', { env });
      await alice.shows('bob');
      const styled = await alice.screen(true);
      if (env.NO_COLOR === undefined) expect(styled).toContain('\u001b[');
      else expect(styled).not.toContain('\u001b[');
      await alice.presses('C-d');
      await alice.shows('ended with 0');
    }
  });

  test('can use a dumb terminal', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await using alice = await Terminal.connects([`alice@127.0.0.1:${server.port}`], { env: { TERM: 'dumb' } });
    await alice.shows('Password for alice:');
    await alice.enters(`x${PASSWORD.slice(0, 2)}`);
    await alice.shows('Wrong password.');
    await alice.types(`${PASSWORD}x`);
    await alice.presses('BSpace', 'Enter');
    await alice.shows('online:');
    await alice.enters('hello');
    await bob.hears('alice', 'hello');
    // Only what the terminal ends a line with does so.
    await alice.enters('one\u2028@bob two\u2029who');
    await bob.hears('alice', 'one @bob two who');
    await alice.enters('change-password');
    await alice.shows('Your password:');
    await alice.types('secret');
    await alice.presses('C-c');
    await alice.shows('You gave no answer, so /change-password was cancelled.');
    await alice.enters('after that');
    await bob.hears('alice', 'after that');
    await bob.says('message alice hi');
    const screen = await alice.shows('bob → you: hi');
    expect(screen).not.toContain(PASSWORD);
    expect(await alice.screen(true)).not.toContain('\u001b[');
    await alice.presses('C-d');
    await alice.shows('ended with 0');
  });

  test('loses nothing when the server is killed and comes back', async () => {
    await using program = await startProgram();
    await program.configures({ plugins: { tcp: { host: '127.0.0.1', port: program.port } } });
    await program.registers('alice', 'bob');
    await using alice = await online(program, 'alice');
    await alice.enters('@bob before');
    await alice.shows('you → bob: before');
    await program.kill();
    // By whether the server has left something of hers unread.
    await alice.shows(/The connection was (lost|reset)\. Reconnecting\./);
    await alice.typed('(no connection) everyone>');
    await alice.enters('@bob while');
    await alice.enters('@bob it was gone');
    await alice.types('half');
    await program.start();
    await alice.shows(/Reconnected after \d+ s\./);
    await alice.shows(/you → bob: while\n.*you → bob: it was gone\n\[1 everyone\] 2 bob\neveryone> half$/);
    const bob = await program.returns('bob');
    for (const text of ['before', 'while', 'it was gone']) await bob.hears('alice', text);
    await bob.seesNothing();
    await program.kill();
    await alice.typed('(no connection) everyone> half');
    await alice.presses('Enter', 'C-d');
    await alice.shows('Lines not sent yet: 1. Will quit once everything is sent.');
    await alice.presses('C-c');
    await alice.shows(/Lines not sent or not answered: 1\.\n.*ended with 0/);
  });

  test('is online in two terminals beside a plain line, and sees in each what was sent from the others', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const line = await server.returns('alice');
    await using first = await online(server, 'alice');
    await using second = await online(server, 'alice');
    await first.enters('from the first');
    await bob.hears('alice', 'from the first');
    await second.shows(/you \(on another device\): from the first/);
    await line.says('broadcast from the line');
    await line.sees('sent:');
    for (const terminal of [first, second]) await terminal.shows(/you \(on another device\): from the line/);
    await second.enters('devices');
    const name = terminalDevice().name;
    await second.shows(new RegExp(`${name}-2 online here\n +default online\n +${name} online\n`));
    await second.enters(`logout ${name}`);
    await first.shows(/You were signed out, .*ended with 3/s);
    await second.shows('done: 1');
    await line.seesNothing();
    await using named = await online(server, 'alice', { device: 'Desk' });
    await named.enters('devices');
    await named.shows('desk online here');
    await using wrong = await Terminal.connects(['alice@127.0.0.1', '--device', 'my desk']);
    await wrong.shows(/'my desk' cannot be the name of a device: [\s\S]*ended with 2/);
  });

  test('is told why the conversation ended', async () => {
    await using program = await startProgram();
    await program.registers('alice');
    await using nowhere = await Terminal.connects(['127.0.0.1:1']);
    await nowhere.shows(/Cannot connect to 127\.0\.0\.1:1\. Nothing is listening there\.[\s\S]*ended with 4/);
    await using first = await online(program, 'alice', { device: 'desk' });
    await using second = await Terminal.connects([`alice@127.0.0.1:${program.port}`, '--device', 'desk']);
    await second.shows('Password for alice:');
    await second.enters('not-the-right-one');
    await second.shows('Wrong password.');
    await second.enters(PASSWORD);
    await second.shows(
      /“alice” is already connected from another window or device\.\nClose that connection and log in here\? \[y\/N\]$/,
    );
    await second.enters('n');
    await second.shows(/\[y\/N\] n\n.*“alice” is already connected[\s\S]*ended with 3/);
    await using third = await Terminal.connects([`alice@127.0.0.1:${program.port}`, '--device', 'desk'], {
      env: { CHATSERV_PASSWORD: PASSWORD },
    });
    await third.shows('log in here? [y/N]');
    await third.enters('y');
    await third.shows('online: alice');
    await first.shows(/You logged in from another window or device, so this connection was closed\.\nended with 3/);
    await program.stop('SIGTERM');
    await third.shows('The server is shutting down. Reconnecting.');
    await third.presses('C-c');
    await third.shows('ended with 0');
  });
});
