import { describe, expect, test } from 'vitest';
import { isAccessible } from '../support/accessible.ts';
import { answered, comes } from '../support/comes.ts';
import { FIREFOX, startFirefox } from '../support/firefox.ts';
import { startProgramTown } from '../support/town.ts';

const QUICK = { limits: { linesPerSecond: 0, bytesPerSecond: 0 } };

describe.skipIf(FIREFOX === undefined)('the page in Firefox', { timeout: 240_000 }, () => {
  test('logs in, sends, receives, scrolls and searches, and axe objects to nothing', async () => {
    await using town = await startProgramTown(QUICK, [], {}, startFirefox);
    const bob = await town.server.joins('bob');
    await answered(bob, 'create #lab', /^created:/);
    const line = await town.server.joins('ada');
    await answered(line, 'join #lab', /^joined:/);
    await line.closes();
    await bob.says('message #lab the kiln is free');
    for (let i = 1; i <= 70; i++) await bob.says(`message #lab number ${i}`);
    for (let i = 0; i <= 70; i++) await comes(bob, /^sent:$/);

    const ada = await town.arrives();
    await ada.logsIn('ada');
    await ada.entry('#lab').locator('.badge', { hasText: '71' }).waitFor();
    await ada.opens('#lab');
    await ada.says('hello from **Firefox**');
    await comes(bob, /ada: hello from \*\*Firefox\*\*$/);
    await answered(bob, 'message #lab @ada welcome', /^sent:$/);
    await ada.hears('@ada welcome');
    await ada.messages.last().hover();
    await ada.messages.last().locator('.act').click();
    await ada.page.getByRole('menuitem', { name: 'React with 👍' }).click();
    await comes(bob, /ada reacted 👍/);
    const view = ada.page.locator('#scroll');
    const left = () => view.evaluate((scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight);
    await expect.poll(left).toBeLessThan(2);
    await ada.page.mouse.wheel(0, -100_000);
    await ada.hears('the kiln is free');

    await ada.page.getByRole('button', { name: 'Search' }).click();
    await ada.page.getByLabel('Words').fill('kiln');
    await ada.page.keyboard.press('Enter');
    const hit = ada.page.getByRole('button', { name: /the kiln is free/ });
    await hit.waitFor();
    // Firefox 153 crashes when a dialog opens after axe was there, so axe comes once there are no more.
    await isAccessible(ada, 'what was found');
    await hit.click();
    await ada.messages.filter({ hasText: 'the kiln is free' }).waitFor();
    await ada.page.reload();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    await isAccessible(ada, 'a room');
    await isAccessible(await town.arrives(), 'login');
  });
});
