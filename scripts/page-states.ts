/**
 * Takes pictures of the web page in each of its states, docs/images/page-states/, to look at after a change: part of
 * `npm run screenshots`. They are on a desktop and on a phone, in light and dark.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registerModuleHooks } from '../src/host/self.ts';
import { interAsSystemFont } from './fonts.ts';

registerModuleHooks();
const { startProgram } = await import('../test/support/program.ts');
const { Folder } = await import('../test/support/command-line.ts');
const { answered } = await import('../test/support/comes.ts');
const { startBrowser, Visitor } = await import('../test/support/visitor.ts');

const FOLDER = fileURLToPath(new URL('../docs/images/page-states/', import.meta.url));
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** A plugin that shows people as online. */
const CROWD = `
import { command, definePlugin, param, Presence } from 'chatserv';
export default definePlugin({
  name: 'crowd',
  summary: 'Shows people as online',
  needs: { presence: Presence },
  setup: ({ presence }) => ({
    commands: [
      command({
        name: 'crowd',
        summary: 'Shows so many people as online',
        params: { count: param.integer('how many') },
        run({ values: { count } }) {
          for (let i = 0; i < count; i++) presence.show({ id: 1_000_000 + i, name: 'person' + String(i).padStart(4, '0') });
          return 'done:';
        },
      }),
    ],
  }),
});
`;

const CONFIG = {
  plugins: {
    './crowd.ts': true,
    page: { title: 'Harbour Street', welcome: 'The chat of the houses around the old harbour. Be kind.' },
    rooms: { maxCreated: 300 },
    history: { announce: false },
  },
  limits: { linesPerSecond: 0, bytesPerSecond: 0 },
};

await mkdir(FOLDER, { recursive: true });
await using fonts = await interAsSystemFont();
await using program = await startProgram(CONFIG, { files: { 'crowd.ts': CROWD } });
await using browser = await startBrowser({ FONTCONFIG_FILE: fonts.file });
const url = `http://${(await program.prints(/listens on http (\S+)/))[1]}/`;

const ada = await Visitor.arrives(browser, url);
const { page } = ada;

/** Takes the four pictures of a state. @param enter brings the page there for each of them */
async function shoot(state: string, enter = async () => {}): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await enter();
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(FOLDER, `${state}-${size}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize(SIZES.desktop);
}

/** Gives a user a role on the server. */
async function gives(name: string, role: string): Promise<void> {
  await using folder = await Folder.with({});
  await folder.runs(['user', 'role', name, role, '--config', program.configFile]);
}

await ada.tries('Ada', 'not hers');
await page.getByText('There is no account').waitFor();
await shoot('login-failed');
await page.getByRole('button', { name: 'Make an account' }).click();
await ada.tries('Ada', 'a few easy words', 'Make the account');
await ada.composer.waitFor();
await page.getByText('Is this your server?').click();
await shoot('first-host');

const bruno = await program.joins('bruno');
await page.getByText('2 people online').waitFor();
await shoot('newcomer');

await ada.says('/crowd 48', '/create #garden');
await page.locator('#talk-about', { hasText: '50 people online' }).waitFor();
const chiara = await program.joins('Chiara');
for (const one of [bruno, chiara]) await answered(one, 'join #garden', /^joined/);
for (const [one, texts] of [
  [bruno, ['Good morning! Who’s coming to the quay on Saturday?', 'I’ll bring the grill and the **long** table.']],
  [
    chiara,
    ['We are, all four of us. Shall I make the orange salad?', 'The list: https://example.org/harbour/saturday'],
  ],
  [bruno, ['Yes please, @Ada has the recipe', 'run `npm ci` before you print it']],
] as const) {
  for (const text of texts) await answered(one, `message #garden ${text}`, /^sent/);
}
await ada.opens('#garden');
await ada.says('Gladly', '/topic #garden The quay on Saturday', '/edit 1 x');
await page.locator('.answer.refusal').waitFor();
await answered(bruno, 'react last 🎉', /^reacted/);
await shoot('50-people');
await shoot('message-menu', async () => {
  if ((await page.getByRole('menu').count()) > 0) await page.keyboard.press('Escape');
  await ada.messages.last().hover();
  await ada.messages.last().locator('.act').click();
});
await page.keyboard.press('Escape');
await page.getByRole('button', { name: 'Members' }).click();
await page.locator('.member').nth(1).click();
await shoot('members');
await page.keyboard.press('Escape');
await answered(chiara, 'report bruno Too loud', /^reported/);
await answered(bruno, 'message #garden And who has the key of the shed?', /^sent/);
await answered(chiara, 'report bruno He knows', /^reported/);
await page.getByRole('button', { name: 'Members' }).click();
await page.getByRole('button', { name: 'Reports and waiting messages' }).click();
await page.locator('.case').nth(1).waitFor();
await shoot('moderation');
await page.keyboard.press('Escape');
await gives('Ada', 'admin');
await ada.opens('bruno');
await page.getByRole('button', { name: 'Moderate bruno' }).click();
await page.getByRole('button', { name: 'Make a moderator' }).waitFor();
await shoot('person');
await page.keyboard.press('Escape');
await gives('Ada', 'none');
await ada.opens('#garden');
await page.getByRole('button', { name: 'Search' }).click();
await page.getByLabel('Words').fill('saturday');
await page.keyboard.press('Enter');
await page.locator('.hit').first().waitFor();
await shoot('search');
await page.keyboard.press('Escape');
await page.getByRole('button', { name: 'Settings' }).click();
await page.getByText('This one').waitFor();
await shoot('settings');
await page.keyboard.press('Escape');

for (let i = 1; i <= 200; i++) await answered(bruno, `create #room-${String(i).padStart(3, '0')}`, /^created/);
for (let i = 1; i <= 199; i++) await ada.says(`/join #room-${String(i).padStart(3, '0')}`);
await ada.entry('#room-199').waitFor({ timeout: 60_000 });
await page.evaluate("document.querySelector('#back').click()");
await shoot('200-rooms');
await ada.says('/crowd 5000');
await page.getByLabel('Find people and rooms').fill('person');
await page
  .getByText('person0300')
  .waitFor({ state: 'attached' })
  .catch(() => {});
await shoot('5000-people');
await page.getByLabel('Find people and rooms').fill('');
await ada.opens('#garden');
await program.kill();
await page.locator('#banner-text', { hasText: 'Trying again' }).waitFor();
await ada.says('written meanwhile');
await shoot('offline');
