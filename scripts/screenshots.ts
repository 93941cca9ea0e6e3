/**
 * Takes the pictures of the web page for the docs, docs/images/page-*.png, with Debian's Chromium: `npm run screenshots`.
 * They look as on a person's machine where the fonts are there: apt-get install fonts-inter fonts-noto-color-emoji.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import type { KeptTalk } from '../plugins/page/browser/model/talks.ts';
import { registerModuleHooks } from '../src/host/self.ts';
import { interAsSystemFont } from './fonts.ts';

registerModuleHooks();
const { startProgram } = await import('../test/support/program.ts');
const { startBrowser, Visitor } = await import('../test/support/visitor.ts');

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const PAGE = { title: 'Harbour Street', welcome: 'The chat of the houses around the old harbour. Be kind.' };

await mkdir(FOLDER, { recursive: true });
{
  await using fonts = await interAsSystemFont();
  await using program = await startProgram({ plugins: { page: PAGE } });
  await using browser = await startBrowser({ FONTCONFIG_FILE: fonts.file });
  const url = `http://${(await program.prints(/listens on http (\S+)/))[1]}/`;
  const bruno = await program.joins('bruno');
  for (const name of ['Chiara', 'dmitri', 'Emine', 'فاطمة']) await program.joins(name);
  await program.registers('Finn');

  const visit = (options: BrowserContextOptions) => Visitor.arrives(browser, url, options);
  const shoot = (visitor: InstanceType<typeof Visitor>, name: string) =>
    visitor.page.screenshot({ path: join(FOLDER, `page-${name}.png`), caret: 'initial' });

  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const scheme of ['light', 'dark'] as const) {
      const ada = await visit({ viewport, colorScheme: scheme, deviceScaleFactor: 2 });
      if (scheme === 'light') await shoot(ada, `login-${size}`);
      await (size === 'desktop' && scheme === 'light' ? ada.registers('Ada') : ada.logsIn('Ada'));
      if (scheme === 'light') await shoot(ada, `empty-${size}`);
      const kept = `{ ...JSON.parse(sessionStorage.getItem('chatserv /')), talks: ${JSON.stringify(madeUp(Date.now()))} }`;
      // After the page itself has written for the last time.
      await ada.page.evaluate(
        `addEventListener('pagehide', () => sessionStorage.setItem('chatserv /', JSON.stringify(${kept})))`,
      );
      await ada.page.reload();
      await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor({ state: 'attached' });
      await ada.entry('bruno').locator('.unseen', { hasText: 'online' }).waitFor({ state: 'attached' });
      await shoot(ada, `${scheme}-${size}`);
      if (size === 'phone') {
        await ada.page.locator('#back').click();
        if (scheme === 'light') await shoot(ada, 'list-phone');
      }
      await ada.entry('Chiara').click();
      if (scheme === 'dark') await shoot(ada, `private-${size}`);
      if (size === 'desktop' && scheme === 'dark') {
        await ada.page.getByRole('button', { name: 'Settings' }).click();
        await shoot(ada, 'settings-desktop');
        await ada.page.keyboard.press('Escape');
      }
      if (ada.complaints.length > 0) process.stderr.write(`${ada.complaints.join('\n')}\n`);
      await ada.closes();
      await bruno.asksUntil('whoelse', /^(?!.*Ada)/);
    }
  }
}

/** Conversations of two days. */
function madeUp(now: number): KeptTalk[] {
  const today = (hour: number, minute: number) => new Date(now).setHours(hour, minute, 0, 0);
  const yesterday = (hour: number, minute: number) => today(hour - 24, minute);
  let key = 0;
  const said = (from: string, time: number, text: string) => {
    const mine = from === 'Ada';
    return { key: ++key, from, mine, text, time, ...(mine && { state: 'sent' as const }) };
  };
  return [
    {
      to: 'everyone',
      unread: 0,
      draft: '',
      entries: [
        said(
          'Emine',
          yesterday(18, 2),
          'The lift in number 4 is out again. I called them, and they are coming on Thursday.',
        ),
        said('dmitri', yesterday(18, 9), 'Thanks, Emine. I can carry shopping up for anyone who needs it 💪'),
        said('Ada', yesterday(18, 11), 'You are a treasure'),
        said('bruno', today(9, 12), 'Good morning! Who’s coming to the quay on Saturday?'),
        said('bruno', today(9, 12), 'I’ll bring the grill and the long table.'),
        said('Chiara', today(9, 15), 'We are, all four of us. Shall I make the orange salad?'),
        said('Ada', today(9, 17), 'Yes please!'),
        said('Ada', today(9, 17), 'Here’s the list of who is bringing what: https://example.org/harbour/saturday'),
        said('فاطمة', today(9, 21), 'سأحضر الخبز'),
        said('فاطمة', today(9, 22), 'I’ll bake bread, enough for everyone.'),
        said('dmitri', today(9, 30), 'Then I’ll do the drinks.'),
      ],
    },
    {
      to: ['Chiara'],
      unread: 2,
      draft: '',
      entries: [
        said('Ada', yesterday(20, 40), 'Did Leo find his scooter?'),
        said('Chiara', yesterday(20, 44), 'He did! It was behind the bins all along.'),
        said('Ada', yesterday(20, 45), 'Where else'),
        said('Chiara', today(9, 33), 'Between us: it’s Bruno’s birthday on Saturday.'),
        said('Chiara', today(9, 34), 'I was thinking of a cake. Do you still have the big tin?'),
      ],
    },
    {
      to: ['Finn'],
      unread: 0,
      draft: '',
      entries: [
        said('Finn', yesterday(14, 5), 'I’m away until Monday. Could you water the tomatoes?'),
        said('Ada', yesterday(14, 20), 'Gladly'),
      ],
    },
    {
      to: ['bruno', 'dmitri'],
      unread: 0,
      draft: '',
      entries: [said('Ada', yesterday(11, 2), 'Could one of you help me with the sofa this week?')],
    },
  ];
}
