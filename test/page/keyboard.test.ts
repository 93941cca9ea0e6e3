import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { PASSWORD } from '../support/program.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

/** The name of what has the focus, as the Tab key comes to it. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  return (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
})()`;

/** Presses Tab, or another key, until something has the focus. */
async function goesTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 60; i++) {
    const at = (await page.evaluate(FOCUSED)) as string;
    if (name.test(at)) return;
    passed.push(at.slice(0, 40));
    await page.keyboard.press(key);
  }
  throw new Error(`the key ${key} does not come to ${name}: ${passed.join(', ')}`);
}

describe.skipIf(CHROMIUM === undefined)('with the keyboard alone', { timeout: 120_000 }, () => {
  test('a room is created and moderated, messages are searched, and the account is kept', async () => {
    // A store in memory is indexed at the first search only.
    await using town = await startProgramTown();
    const bob = await town.server.joins('bob');
    const ada = await town.arrives();
    await ada.registers('ada');
    const { page } = ada;
    const { keyboard } = page;
    const writes = async (text: string) => {
      await keyboard.type(text);
      await keyboard.press('Enter');
    };
    const isClosed = () => page.locator('dialog').waitFor({ state: 'detached' });

    await keyboard.press('Escape');
    await goesTo(page, /^Rooms$/, 'Shift+Tab');
    await keyboard.press('Enter');
    await goesTo(page, /^New room$/);
    await writes('lab');
    await page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    await goesTo(page, /^Message to #lab$/);
    await writes('the kiln is free');
    await ada.hears('the kiln is free');

    await goesTo(page, /^Members$/, 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByLabel('Invite a person').waitFor();
    await goesTo(page, /^Invite a person$/);
    await writes('bob');
    await comes(bob, /invited to #lab/);
    await answered(bob, 'join #lab', /^joined:/);
    await keyboard.press('Escape');
    await isClosed();
    await keyboard.press('Enter');
    await page.locator('.member', { hasText: 'bob' }).waitFor();
    await goesTo(page, /^B?bob$/);
    await keyboard.press('Enter');
    await goesTo(page, /^Make a moderator$/);
    await keyboard.press('Enter');
    await comes(bob, /moderator/);
    await page.getByText('Make a moderator: done.').waitFor();
    await expect.poll(() => page.evaluate(FOCUSED)).toMatch(/^B?bob *moderator$/);
    await keyboard.press('Enter');
    await goesTo(page, /^Remove from the room$/);
    await keyboard.press('Enter');
    await comes(bob, /removed|kicked/);
    await page.getByText('Remove from the room: done.').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Members');
    await keyboard.press('Escape');
    await isClosed();

    await goesTo(page, /^Search$/);
    await keyboard.press('Enter');
    await goesTo(page, /^Words$/);
    await writes('kiln');
    await page.locator('.hit').waitFor();
    await goesTo(page, /the kiln is free/);
    await keyboard.press('Enter');
    await isClosed();
    await ada.hears('the kiln is free');

    const other = await town.arrives();
    await other.logsIn('ada');
    await goesTo(page, /^Message to #lab$/);
    await keyboard.press('Escape');
    await goesTo(page, /^Settings$/);
    await keyboard.press('Enter');
    await page.getByRole('button', { name: /^Sign out page-/ }).waitFor();
    await goesTo(page, /^Sign out page-/);
    await keyboard.press('Enter');
    await other.page.getByText('You were signed out').waitFor();
    await goesTo(page, /^Change the password$/);
    await keyboard.press('Enter');
    for (const [label, text] of [
      ['Your password', PASSWORD],
      ['New password', 'a whole new sentence'],
      ['Repeat the password', 'a whole new sentence'],
    ] as const) {
      await page.getByLabel(label, { exact: true }).waitFor();
      await writes(text);
    }
    await page.getByText('Your password was changed.').waitFor();
  });

  test('the focus goes on to a neighbour when its button has done its work', async () => {
    await using town = await startTown();
    const [bob, carol, dan] = [
      await town.server.joins('bob'),
      await town.server.joins('carol'),
      await town.server.joins('dan'),
    ];
    const ada = await town.arrives();
    await ada.registers('ada');
    const { page } = ada;
    const dialog = page.getByRole('dialog');
    const focused = (name: RegExp) => expect.poll(() => page.evaluate(FOCUSED)).toMatch(name);
    const presses = async (name: string | RegExp) => {
      await dialog.getByRole('button', { name }).first().focus();
      await page.keyboard.press('Enter');
    };
    const opens = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const closes = async () => {
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    };

    for (const name of ['carol', 'dan']) {
      await ada.says(`/ignore ${name}`);
      await page.locator('.note', { hasText: name }).waitFor();
    }
    await opens('Settings');
    await presses('Stop ignoring carol');
    await focused(/^Stop ignoring dan$/);
    await page.keyboard.press('Enter');
    await focused(/^Ignore$/);
    await closes();

    await ada.says('/create #lab');
    await ada.opens('#lab');
    for (const person of [bob, carol, dan]) await answered(person, 'join #lab', /^joined:/);
    for (const text of ['one', 'two']) {
      await answered(bob, `message #lab rude ${text}`, /^sent:/);
      await comes(carol, new RegExp(`rude ${text}$`));
      await answered(carol, 'report bob', /^reported:/);
    }
    await ada.hears('rude two');
    await opens('Members');
    await dialog.getByLabel('Topic').fill('tea');
    await presses('Set');
    await page.locator('#talk-about', { hasText: 'tea' }).waitFor();
    await focused(/^Set$/);
    await presses('Reports and waiting messages');
    await presses('Close the report: bob');
    await comes(carol, /was dealt with/);
    await expect.poll(() => dialog.locator('.case').count()).toBe(1);
    await focused(/^Close the report: bob$/);
    await page.keyboard.press('Enter');
    await dialog.getByText('No reports are open').waitFor();
    await focused(/^Close$/);
    await closes();

    // A reaction that was taken back.
    await answered(dan, 'message #lab hello', /^sent:/);
    await ada.hears('hello');
    await ada.messages.last().locator('.act').click();
    await page.getByRole('menuitem', { name: 'React with 👍' }).click();
    await ada.messages.last().locator('.reaction').focus();
    await page.keyboard.press('Enter');
    await ada.messages.last().locator('.reaction').waitFor({ state: 'detached' });
    await focused(/^Message menu$/);
  });
});
