import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { startProgramTown, startTown, type Town } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

const QUICK = { limits: { linesPerSecond: 0, bytesPerSecond: 0 } };

/** Opens the menu of the last message. */
async function opensMenu({ page, messages }: Visitor): Promise<void> {
  await messages.last().hover();
  await messages.last().locator('.act').click();
  await page.getByRole('menu').waitFor();
}

const chooses = ({ page }: Visitor, name: string) => page.getByRole('menuitem', { name, exact: true }).click();

/** A room #lab with ada, who is on the page, and bob, who has a terminal. */
async function inTheLab(town: Town) {
  const bob = await town.server.joins('bob');
  await answered(bob, 'create #lab', /^created:#lab/);
  const ada = await town.arrives();
  await ada.registers('ada');
  await ada.says('/join #lab');
  await comes(bob, /ada joined$/);
  await ada.entry('#lab').waitFor();
  return { ada, bob };
}

describe.skipIf(CHROMIUM === undefined)('a message on the page', { timeout: 120_000 }, () => {
  test('is answered, edited, deleted and reacted to from its menu', async () => {
    await using town = await startTown();
    const { ada, bob } = await inTheLab(town);
    await ada.opens('#lab');
    await bob.says('message #lab is the kiln free?');
    await comes(bob, /^sent:$/);
    await ada.hears('is the kiln free?');
    await opensMenu(ada);
    expect(await ada.page.getByRole('menuitem', { name: 'Edit' }).count()).toBe(0);
    await chooses(ada, 'Reply');
    await ada.page.locator('.writing', { hasText: 'Reply to bob: is the kiln free?' }).waitFor();
    await ada.says('from noom on');
    await comes(bob, /ada: \(bob: "is the kiln free\?"\) from noom on$/);
    await ada.messages.locator('.quote', { hasText: 'bob: is the kiln free?' }).waitFor();

    await opensMenu(ada);
    await chooses(ada, 'Edit');
    expect(await ada.composer.inputValue()).toBe('from noom on');
    await ada.says('from noon on');
    await comes(bob, /ada edited .*: from noon on$/);
    await ada.hears('from noon on');

    await bob.says('react last 👍');
    await comes(bob, /^reacted/);
    const reaction = ada.messages.last().locator('.reaction');
    await reaction.filter({ hasText: '👍 1' }).click();
    await reaction.filter({ hasText: '👍 2' }).waitFor();
    await comes(bob, /ada reacted 👍/);
    await reaction.click();
    await reaction.filter({ hasText: '👍 1' }).waitFor();
    await comes(bob, /ada took back 👍/);

    await opensMenu(ada);
    await chooses(ada, 'Delete');
    await chooses(ada, 'Really delete, for everyone');
    await comes(bob, /ada deleted a message/);
    await ada.hears('This message was deleted.');
  });

  test('has a menu for the keyboard alone', async () => {
    await using town = await startTown();
    const { ada, bob } = await inTheLab(town);
    await ada.opens('#lab');
    for (const text of ['one', 'two']) {
      await ada.says(text);
      await ada.hears(text);
    }
    await comes(bob, /two$/);
    const { keyboard } = ada.page;
    await ada.messages.last().locator('.act').waitFor({ state: 'attached' });
    for (const key of ['ArrowUp', 'ArrowUp', 'Enter']) await keyboard.press(key);
    await ada.page.getByRole('menu', { name: 'Message: one' }).waitFor();
    await keyboard.press('Enter');
    await comes(bob, /ada reacted 👍 to ada: "one"/);
    await keyboard.press('Enter');
    await ada.page.getByRole('menu').waitFor();
    await keyboard.press('Escape');
    await ada.page.getByRole('menu').waitFor({ state: 'detached' });
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await ada.page.getByRole('menu', { name: 'Message: two' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('Escape');
    expect(await ada.page.evaluate('document.activeElement.dataset.key')).toBe('#lab');
  });

  test('is found by its words, and shown among those around it', async () => {
    // A store in memory is indexed at the first search only.
    await using town = await startProgramTown(QUICK);
    const { ada, bob } = await inTheLab(town);
    await bob.says('message #lab the kiln is free');
    for (let i = 1; i <= 150; i++) await bob.says(`message #lab number ${i}`);
    await ada.opens('#lab');
    await ada.hears('number 150');
    // This device has only the latest ones.
    const desk = await town.arrives();
    await desk.logsIn('ada');
    await desk.opens('#lab');
    await desk.hears('number 150');
    await desk.page.getByRole('button', { name: 'Search' }).click();
    await desk.page.getByLabel('Words').fill('kiln');
    await desk.page.keyboard.press('Enter');
    await desk.page.getByRole('button', { name: /the kiln is free/ }).click();
    await desk.messages.filter({ hasText: 'the kiln is free' }).waitFor();
    expect(await desk.messages.locator('.body', { hasText: /^number 150$/ }).count()).toBe(0);
    await bob.says('message #lab meanwhile');
    await desk.page.getByRole('button', { name: 'Latest messages' }).click();
    await desk.hears('meanwhile');
  });

  test('that is the first new one can be gone to', async () => {
    await using town = await startTown(QUICK);
    const { ada, bob } = await inTheLab(town);
    await ada.says('/message #lab before');
    await comes(bob, /before$/);
    await ada.opens('Everyone');
    for (let i = 1; i <= 120; i++) await bob.says(`message #lab number ${i}`);
    await ada.entry('#lab').locator('.badge', { hasText: '99+' }).waitFor();
    await expect.poll(() => ada.page.title()).toMatch(/^\(120\)/);
    await ada.opens('#lab');
    await ada.page.getByRole('button', { name: '120 new messages: go to the first' }).click();
    const first = ada.messages.filter({ hasText: /number 1$/ });
    await expect.poll(() => first.evaluate((row) => row.getBoundingClientRect().top)).toBeGreaterThan(0);
    const divided = ada.page.locator('#messages .divider + .message');
    await divided.filter({ hasText: 'number 1' }).waitFor();
  });

  test('has code, bold words and links, and a mark where it mentions the user', async () => {
    await using town = await startTown();
    const { ada, bob } = await inTheLab(town);
    await bob.says('message #lab **now** run `npm ci`, @ADA and @bob: https://example.org/');
    await comes(bob, /^sent:$/);
    await ada.entry('#lab').locator('.badge.mention', { hasText: '@1' }).waitFor();
    await ada.opens('#lab');
    const body = ada.messages.last().locator('.body');
    expect(await body.textContent()).toBe('now run npm ci, @ADA and @bob: https://example.org/');
    expect(await body.locator('strong').allTextContents()).toEqual(['now']);
    expect(await body.locator('code').allTextContents()).toEqual(['npm ci']);
    expect(await body.locator('mark').allTextContents()).toEqual(['@ADA']);
    expect(await body.locator('a').allTextContents()).toEqual(['https://example.org/']);
  });

  test('is completed while it is written: names, rooms and commands', async () => {
    await using town = await startTown();
    const { ada } = await inTheLab(town);
    const { composer, page } = ada;
    await composer.pressSequentially('hello @b');
    await page.getByRole('option', { name: '@bob' }).waitFor();
    await composer.press('Tab');
    expect(await composer.inputValue()).toBe('hello @bob ');
    await composer.fill('');
    await composer.pressSequentially('see #l');
    await page.getByRole('option', { name: '#lab' }).click();
    expect(await composer.inputValue()).toBe('see #lab ');
    await composer.fill('');
    await composer.pressSequentially('/whoe');
    await composer.press('ArrowDown');
    await composer.press('Enter');
    expect(await composer.inputValue()).toBe('/whoelse ');
    await composer.press('Enter');
    await page.locator('.answer', { hasText: '/whoelse' }).filter({ hasText: 'bob' }).waitFor();
  });

  test('takes little room: 25 are in sight on a desk', async () => {
    await using town = await startTown(QUICK);
    const { ada, bob } = await inTheLab(town);
    await ada.opens('#lab');
    for (let i = 1; i <= 40; i++) await bob.says(`message #lab number ${i}`);
    await ada.hears('number 40');
    const inSight = () =>
      ada.messages.evaluateAll((rows) => {
        const view = document.querySelector('#scroll')?.getBoundingClientRect();
        const { top = 0, bottom = 0 } = view ?? {};
        return rows.map((row) => row.getBoundingClientRect()).filter((row) => row.top >= top && row.bottom <= bottom)
          .length;
      });
    await expect.poll(inSight).toBeGreaterThanOrEqual(25);
  });

  test('has several lines, also after an edit and a reload', async () => {
    await using town = await startTown();
    const { ada, bob } = await inTheLab(town);
    await ada.opens('#lab');
    await ada.composer.fill('shopping:');
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially('  bread');
    await ada.composer.press('Enter');
    await comes(bob, /ada: shopping: {3}bread$/);
    const body = ada.messages.last().locator('.body');
    expect(await body.textContent()).toBe('shopping:\n  bread');
    await opensMenu(ada);
    await chooses(ada, 'Edit');
    expect(await ada.composer.inputValue()).toBe('shopping:\n  bread');
    await ada.composer.press('End');
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially('  milk');
    await ada.composer.press('Enter');
    await comes(bob, /ada edited .*: shopping: {3}bread {3}milk$/);
    const desk = await town.arrives();
    await desk.logsIn('ada');
    await desk.opens('#lab');
    await desk.page.locator('#messages .edited').waitFor();
    expect(await desk.messages.last().locator('.body').textContent()).toBe('shopping:\n  bread\n  milk');
  });

  test('that is refused says so in words', async () => {
    await using town = await startTown();
    const { ada, bob } = await inTheLab(town);
    await answered(bob, 'room-mute #lab ada', /^done:/);
    await ada.opens('#lab');
    await ada.says('/topic #lab Tea at four');
    await ada.page.locator('.answer.refusal', { hasText: 'This server refused that: ' }).waitFor();
    await ada.says('hello');
    await ada.page.locator('.remark', { hasText: 'Not sent.' }).waitFor();
  });
});
