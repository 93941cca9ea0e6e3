import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM, PHONE, type Visitor } from '../support/visitor.ts';

/** Puts a finger on a message, and maybe moves it; `lift` takes it away. */
async function touches({ page, messages }: Visitor, text: string) {
  const devtools = await page.context().newCDPSession(page);
  const { x = 0, y = 0, height = 0 } = (await messages.filter({ hasText: text }).locator('.body').boundingBox()) ?? {};
  const at = (up: number) => ({ touchPoints: [{ x: x + 5, y: y + height / 2 - up }] });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(0) });
  return {
    moves: (up: number) => devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(up) }),
    lift: () => devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] }),
  };
}

describe.skipIf(CHROMIUM === undefined)('the page on a phone', { timeout: 120_000 }, () => {
  test('is used by touch alone, and fits its width', async () => {
    await using town = await startTown();
    const bob = await town.server.joins('bob');
    await answered(bob, 'create #lab', /^created:/);
    await answered(bob, 'topic #lab The chemistry of everyday things, from bread and soap to batteries', /^topic:/);
    const ada = await town.arrives(PHONE);
    const { page } = ada;
    await ada.registers('ada');
    await ada.says('/join #lab');
    await comes(bob, /ada joined$/);
    await ada.entry('#lab').waitFor({ state: 'attached' });
    await page.locator('#back').tap();
    await answered(bob, 'message #lab is the kiln free?', /^sent:$/);
    await ada.entry('#lab').locator('.badge', { hasText: '1' }).waitFor();
    const widths = '[document.documentElement, document.querySelector("#talk")].map((one) => one.scrollWidth)';
    const fits = async () => expect(Math.max(...((await page.evaluate(widths)) as number[]))).toBe(390);
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
    await ada.composer.tap();
    await ada.composer.pressSequentially('from ');
    await answered(bob, 'message #lab or is it not?', /^sent:$/);
    await ada.hears('or is it not?');
    // What arrives does not take the focus from what is typed.
    await page.keyboard.type('noon on');
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

  test('opens the menu of a message on which a finger stays', async () => {
    await using town = await startTown();
    const ada = await town.arrives(PHONE);
    const { page } = ada;
    await ada.registers('ada');
    await ada.says('is the kiln free?', 'at noon');
    await ada.messages.last().locator('.act').waitFor();
    const menu = page.getByRole('menu');
    const scrolls = await touches(ada, 'kiln');
    await scrolls.moves(20);
    await scrolls.lift();
    const finger = await touches(ada, 'at noon');
    await page.getByRole('menu', { name: 'Message: at noon' }).waitFor();
    await finger.lift();
    await menu.getByRole('menuitem', { name: 'Edit' }).tap();
    await menu.waitFor({ state: 'detached' });
    expect(await ada.composer.inputValue()).toBe('at noon');
    expect(await page.evaluate('String(getSelection())')).toBe('');
  });

  test('leaves the text of a message to a mouse', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('is the kiln free?');
    const body = ada.messages.locator('.body');
    await ada.messages.locator('.act').waitFor({ state: 'attached' });
    const { x = 0, y = 0, width = 0, height = 0 } = (await body.boundingBox()) ?? {};
    await ada.page.mouse.move(x + 1, y + height / 2);
    await ada.page.mouse.down();
    await ada.page.mouse.move(x + width, y + height / 2, { steps: 5 });
    await ada.page.mouse.up();
    expect(await ada.page.evaluate('String(getSelection())')).toBe('is the kiln free?');
  });
});
