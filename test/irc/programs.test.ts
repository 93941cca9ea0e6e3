import type { JsonClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { answered, comes } from '../support/comes.ts';
import { freePort } from '../support/free-port.ts';
import { hasIrcPrograms, startIrssi, startWeeChat } from '../support/irc-programs.ts';
import { PASSWORD } from '../support/program.ts';
import type { Terminal } from '../support/tmux.ts';
import { startProgramTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** What is said in the room, in this order. */
const SAID = [
  'hello from irssi',
  'waves from WeeChat',
  'hello from a plain line',
  'hello from a program',
  'nods from the page',
  'said while it was down',
  'said when it was back',
  'irssi is back',
  'WeeChat is back',
];

/** What somebody was shown of it: nothing is missing, doubled or out of order. */
function said(shown: string): string[] {
  return shown.match(new RegExp(SAID.join('|'), 'g')) ?? [];
}

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

/** Chooses something in the menu of a message on the page. */
async function chooses(visitor: Visitor, message: string, name: string): Promise<void> {
  const row = visitor.messages.filter({ hasText: message });
  await row.hover();
  await row.locator('.act').click();
  await visitor.page.getByRole('menuitem', { name, exact: true }).click();
}

test.skipIf(!hasIrcPrograms || CHROMIUM === undefined)(
  'irssi, WeeChat, the page, plain lines and JSON share a room, and miss nothing when the server crashes',
  async () => {
    const port = await freePort();
    const { certificate, key } = makeCertificate();
    const tls = { host: '127.0.0.1', port, certificate: 'cert.pem', key: 'key.pem' };
    const plugins = { irc: { name: 'irc.example', network: 'Example' }, history: { announce: false }, tls };
    const files = { 'cert.pem': certificate, 'key.pem': key };
    await using town = await startProgramTown({ plugins }, [/ERR_CONNECTION_|Connection closed|WebSocket/], files);
    const { server } = town;
    // The page finds it again on the same port.
    await server.configures({ plugins: { ...plugins, http: { port: Number(new URL(town.url).port) } } });
    await server.registers('alice', 'bob', 'dave', 'erin');
    const carol = await server.joins('carol');
    await carol.asks('create #lab');
    const dave = await server.connectJson();
    await dave.logsIn('dave', PASSWORD);
    dave.says({ type: 'command', request: 1, name: 'join', values: { room: '#lab' } });
    const login = { password: PASSWORD, port, folder: server.folder };
    await using irssi = await startIrssi({ ...login, name: 'alice' });
    await using weechat = await startWeeChat({ ...login, name: 'bob' });
    const erin = await town.arrives();
    await erin.logsIn('erin');
    await erin.page.getByRole('button', { name: 'Rooms', exact: true }).click();
    await erin.page.getByRole('button', { name: 'Join #lab' }).click();
    await erin.page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    await irssi.shows(/SASL authentication succeeded.*no message of the day.*Act: 2/s);
    await enter(irssi, '/join #lab');
    await irssi.shows('Total of 4 nicks');
    await weechat.shows('Channel &everyone');
    await enter(weechat, '/join #lab');
    await weechat.shows('Channel #lab');

    await enter(irssi, 'hello from irssi');
    await weechat.shows(/alice.*hello from irssi/);
    await enter(weechat, '/me waves from WeeChat');
    await irssi.shows('* bob waves from WeeChat');
    await erin.messages.filter({ hasText: '* bob waves from WeeChat' }).waitFor();
    await answered(carol, 'message #lab hello from a plain line', /^sent:$/);
    await hears(dave, 'hello from a plain line');
    dave.says({ type: 'message', to: ['#lab'], text: 'hello from a program' });
    await erin.hears('hello from a program');
    await erin.says('/me nods from the page');
    await irssi.shows('* erin nods from the page');
    await weechat.shows(/ \* \| erin nods from the page/);
    await comes(carol, / #lab \* erin nods from the page$/);
    await erin.says('is the kiln fre?');
    await chooses(erin, 'fre?', 'Edit');
    await erin.says('is the kiln free?');
    for (const terminal of [irssi, weechat]) {
      await terminal.shows(/carol.*hello from a plain line/);
      await terminal.shows(/dave.*hello from a program/);
      await terminal.shows('erin edited "is the kiln fre?": is the kiln free?');
    }
    await chooses(erin, 'free?', 'React with 👍');
    await irssi.shows(/erin reacted .* to erin: "is the kiln free\?"/);
    await comes(carol, /erin reacted 👍/);

    // What was delivered in the last moment may be sent again: here the reaction, not what was said.
    await server.kill();
    // Its status line has no nick any more.
    await irssi.shows(/\[\] \[3/);
    await weechat.shows('disconnected');
    await erin.page.locator('#banner-text', { hasText: 'Trying again in' }).waitFor();
    await erin.says('said while it was down');
    await server.start();
    const again = await server.returns('carol');
    // The page comes back by itself or by the button, whichever is first.
    const online = erin.page.locator('#me-state', { hasText: 'Online' });
    const button = erin.page.getByRole('button', { name: 'Try now' });
    await Promise.race([online.waitFor(), button.click().catch(() => {})]);
    await online.waitFor();
    await comes(again, / #lab erin: said while it was down$/);
    await answered(again, 'message #lab said when it was back', /^sent:$/);
    await enter(irssi, '/reconnect all');
    for (const terminal of [irssi, weechat]) await terminal.shows(/carol.*said when it was back/);
    await enter(irssi, 'irssi is back');
    await weechat.shows(/alice.*irssi is back/);
    await enter(weechat, 'WeeChat is back');
    await irssi.shows(/bob.*WeeChat is back/);
    await erin.hears('WeeChat is back');
    await comes(again, / #lab bob: WeeChat is back$/);
    for (const terminal of [irssi, weechat]) expect(said(await terminal.screen())).toEqual(SAID);
    expect(said((await erin.texts()).join('\n'))).toEqual(SAID);
    expect(server.stderr).toBe('');
  },
  180_000,
);
