import type { JsonClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { hasIrcPrograms, startIrssi, startWeeChat } from '../support/irc-programs.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import type { Terminal } from '../support/tmux.ts';

/** Reads events of a program up to a message, whatever else it is told. */
async function hears(client: JsonClient, text: string): Promise<void> {
  for (;;) {
    const event = await client.next(text);
    if (event.type === 'message' && event.text === text) return;
  }
}

/** Types a line and sends it once the client shows it: keys that come together may be taken for pasted text. */
async function enter(client: Terminal, line: string): Promise<void> {
  await client.types(line);
  await client.until((screen) => screen.endsWith(line), line);
  await client.presses('Enter');
}

test.skipIf(!hasIrcPrograms)(
  'irssi and WeeChat share a room with plain lines and JSON, and come back after a crash of the server',
  async () => {
    const port = await freePort();
    const { certificate, key } = makeCertificate();
    const tls = { host: '127.0.0.1', port, certificate: 'cert.pem', key: 'key.pem' };
    const config = { plugins: { irc: { name: 'irc.example', network: 'Example' }, tls } };
    await using program = await startProgram(config, { files: { 'cert.pem': certificate, 'key.pem': key } });
    await program.registers('alice', 'bob', 'dave');
    const carol = await program.joins('carol');
    await carol.asks('create #lab');
    const dave = await program.connectJson();
    await dave.logsIn('dave', PASSWORD);
    dave.says({ type: 'command', request: 1, name: 'join', values: { room: '#lab' } });
    const login = { password: PASSWORD, port, folder: program.folder };
    await using irssi = await startIrssi({ ...login, name: 'alice' });
    await using weechat = await startWeeChat({ ...login, name: 'bob' });
    await irssi.shows(/SASL authentication succeeded.*no message of the day.*Act: 2/s);
    await enter(irssi, '/join #lab');
    await irssi.shows('Total of 3 nicks');
    await weechat.shows('Channel &everyone');
    await enter(weechat, '/join #lab');
    await weechat.shows('Channel #lab');

    await enter(irssi, 'hello from irssi');
    await weechat.shows(/alice.*hello from irssi/);
    await enter(weechat, '/me waves from WeeChat');
    await irssi.shows('* bob waves from WeeChat');
    await carol.asks('message #lab hello from a plain line');
    await hears(dave, 'hello from a plain line');
    dave.says({ type: 'message', to: ['#lab'], text: 'hello from a program' });
    for (const terminal of [irssi, weechat]) {
      await terminal.shows(/carol.*hello from a plain line/);
      await terminal.shows(/dave.*hello from a program/);
    }

    await program.kill();
    // Its status line has no nick any more.
    await irssi.shows(/\[\] \[3/);
    await weechat.shows('disconnected');
    await program.start();
    const again = await program.returns('carol');
    again.says('message #lab while you were out');
    await enter(irssi, '/reconnect all');
    for (const terminal of [irssi, weechat]) await terminal.shows(/carol.*while you were out/);
    await enter(irssi, 'back again');
    await weechat.shows(/alice.*back again/);
    expect(program.stderr).toBe('');
  },
  120_000,
);
