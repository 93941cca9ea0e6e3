import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM, PHONE } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('the page on a phone', { timeout: 120_000 }, () => {
  test('is used by touch alone, and fits its width', async () => {
    await using town = await startTown();
    const bob = await town.program.joins('bob');
    await answered(bob, 'create #lab', /^created:/);
    const ada = await town.arrives(PHONE);
    const { page } = ada;
    await ada.registers('ada');
    await ada.says('/join #lab');
    await comes(bob, /ada joined$/);
    await ada.entry('#lab').waitFor({ state: 'attached' });
    await page.locator('#back').tap();
    await answered(bob, 'message #lab is the kiln free?', /^sent:$/);
    await ada.entry('#lab').locator('.badge', { hasText: '1' }).waitFor();
    const fits = async () => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await fits();
    await ada.entry('#lab').tap();
    await ada.hears('is the kiln free?');
    await fits();

    const menuButton = ada.messages.last().locator('.act');
    // Nothing hovers over it.
    expect(await menuButton.evaluate((button) => Number(getComputedStyle(button).opacity))).toBeGreaterThan(0.5);
    await menuButton.tap();
    await page.getByRole('menuitem', { name: 'React with 👍' }).tap();
    await comes(bob, /ada reacted 👍/);
    await ada.messages.last().locator('.reaction').tap();
    await comes(bob, /ada took back 👍/);
    await menuButton.tap();
    await page.getByRole('menuitem', { name: 'Reply' }).tap();
    await ada.composer.fill('from noon on');
    await page.getByRole('button', { name: 'Send' }).tap();
    await comes(bob, /ada: \(bob: "is the kiln free\?"\) from noon on$/);

    await page.getByRole('button', { name: 'Members' }).tap();
    await page.locator('.member', { hasText: 'bob' }).tap();
    await fits();
    await page.getByRole('button', { name: 'Write to bob' }).tap();
    await page.locator('#talk-name', { hasText: 'bob' }).waitFor();
    await ada.composer.fill('only you');
    await page.getByRole('button', { name: 'Send' }).tap();
    await comes(bob, /ada: only you$/);
    await page.locator('#back').tap();
    await page.getByLabel('Find people and rooms').tap();
    await page.getByLabel('Find people and rooms').fill('la');
    await ada.entry('#lab').tap();
    await ada.hears('from noon on');
  });
});
