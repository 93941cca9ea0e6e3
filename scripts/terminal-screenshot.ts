/**
 * Takes the picture of the terminal client for the docs, docs/images/terminal.png, with tmux and Debian's Chromium.
 * It looks as on a person's machine where the font is there: apt-get install fonts-dejavu-core.
 */
import { fileURLToPath } from 'node:url';
import { AnsiUp } from 'ansi_up';
import { registerModuleHooks } from '../src/host/self.ts';

registerModuleHooks();
const { PASSWORD, startProgram } = await import('../test/support/program.ts');
const { Terminal } = await import('../test/support/tmux.ts');
const { startBrowser } = await import('../test/support/visitor.ts');

const FILE = fileURLToPath(new URL('../docs/images/terminal.png', import.meta.url));

const STYLE = `
  body { margin: 0; background: #15191f; color: #d7dce2; display: inline-block; }
  pre { margin: 20px 24px; font: 15px/1.45 'DejaVu Sans Mono', monospace; }
  i { background: #d7dce2; color: #15191f; font-style: normal; }`;

await using program = await startProgram({
  plugins: { history: { announce: false }, tcp: { host: '127.0.0.1', port: 4119 } },
});
await program.registers('ada');
const bruno = await program.joins('bruno');
const chiara = await program.joins('Chiara');
for (const room of ['#boats', '#garden', '#quay']) await bruno.asks(`create ${room}`);
for (const room of ['#boats', '#garden', '#quay']) {
  await chiara.says(`join ${room}`);
  await chiara.sees(`joined:${room}`);
}

await using terminal = await Terminal.connects(['localhost'], { columns: 80, rows: 11 });
await terminal.shows('Name:');
await terminal.enters('ada');
await terminal.shows('Password for ada:');
await terminal.enters(PASSWORD);
await terminal.shows('online:');
for (const room of ['#boats', '#garden', '#quay']) {
  await terminal.enters(`/join ${room}`);
  await terminal.shows(`joined: ${room}`);
}
await terminal.enters('back, and hungry. Who’s coming to the quay tonight?');
await terminal.shows('you: back, and hungry');
await bruno.says('message #quay me! I’ll bring the grill and the lang table');
await terminal.shows('the lang table');
await bruno.says('edit last me! I’ll bring the grill and the long table');
await terminal.shows('the long table (edited)');
await chiara.says('message #quay all four of us, with cake. @ada, is your oven free?');
await terminal.shows('is your oven free?');
await terminal.types('/reply oven');
await terminal.presses('Tab');
await terminal.enters('from noon on');
await terminal.shows(/from noon on\n/);
await chiara.says('react last ❤️');
await terminal.shows('❤');
await program.kill();
await program.start();
const [brunoAgain, chiaraAgain] = await Promise.all([program.returns('bruno'), program.returns('Chiara')]);
await terminal.shows('Reconnected after');
await brunoAgain.says('message #quay what happened there? Anyway, six it is');
await terminal.shows('six it is');
await brunoAgain.says('message #boats the ropes are dry', 'message #boats and the blue one is mended');
await chiaraAgain.says('message #garden who has the key to the shed?', 'message ada the tin is on your doorstep');
await terminal.shows(/doorstep\n.*#boats \(2\) .*#garden \(1\).*Chiara \(@1\)/);
await terminal.types('and I’ll make the orange sal');
await terminal.typed('#quay> and I’ll make the orange sal');

const html = new AnsiUp().ansi_to_html(await terminal.screen(true));
await using browser = await startBrowser();
const page = await browser.newPage({ deviceScaleFactor: 2 });
await page.setContent(`<style>${STYLE}</style><pre>${html}<i> </i></pre>`);
await page.locator('body').screenshot({ path: FILE });
