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

await using program = await startProgram({ plugins: { tcp: { host: '127.0.0.1', port: 4119 } } });
await program.registers('ada');
const bruno = await program.joins('bruno');
const chiara = await program.joins('Chiara');
await bruno.asks('message ada are you back? the boat’s ready');
await chiara.asks('message ada the tin is on your doorstep');

await using terminal = await Terminal.connects(['localhost'], { columns: 80, rows: 20 });
await terminal.shows('Name:');
await terminal.enters('ada');
await terminal.shows('Password for ada:');
await terminal.enters(PASSWORD);
await terminal.shows('online:');
await terminal.enters('back, and hungry. Who’s coming to the quay tonight?');
await terminal.shows('you: back, and hungry');
await bruno.asks('broadcast me! I’ll bring the grill and the long table');
await terminal.shows('the long table');
await chiara.asks('broadcast all four of us, with cake');
await terminal.shows('with cake');
await terminal.enters('@Chiara you are a treasure');
await terminal.shows(/treasure\n[\s\S]*>$/);
await program.kill();
await program.start();
await program.returns('Chiara');
const brunoAgain = await program.returns('bruno');
await terminal.shows('Reconnected after');
await brunoAgain.asks('broadcast what happened there? Anyway, six it is');
await terminal.shows('six it is');
await terminal.types('and I’ll make the orange sal');
await terminal.typed('everyone> and I’ll make the orange sal');

const html = new AnsiUp().ansi_to_html(await terminal.screen(true));
await using browser = await startBrowser();
const page = await browser.newPage({ deviceScaleFactor: 2 });
await page.setContent(`<style>${STYLE}</style><pre>${html}<i> </i></pre>`);
await page.locator('body').screenshot({ path: FILE });
