import { describe, expect, test } from 'vitest';
import { isAccessible } from '../support/accessible.ts';
import { PASSWORD } from '../support/program.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** The rules that depend on colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Checks the page as it is now, in light and in dark, where only colours differ. */
async function isAccessibleInBoth(visitor: Visitor, state: string): Promise<void> {
  await visitor.page.emulateMedia({ colorScheme: 'light' });
  await isAccessible(visitor, `${state}, light`);
  await visitor.page.emulateMedia({ colorScheme: 'dark' });
  await isAccessible(visitor, `${state}, dark`, COLOURS);
}

describe.skipIf(CHROMIUM === undefined)('the page', { timeout: 120_000 }, () => {
  test.for([
    ['on a desk', { width: 1280, height: 800 }],
    ['on a phone', { width: 360, height: 740 }],
  ] as const)('has nothing that axe objects to in any state, %s', async ([, viewport]) => {
    const config = { plugins: { page: { title: 'Town', welcome: 'For everyone in town.' } } };
    await using town = await startProgramTown(config, [/ERR_CONNECTION_REFUSED/]);
    const ada = await town.arrives({ viewport });
    await isAccessibleInBoth(ada, 'login');
    await ada.tries('ada', 'not hers');
    await ada.page.getByText('There is no account').waitFor();
    await isAccessibleInBoth(ada, 'a login that failed');
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await isAccessibleInBoth(ada, 'registration');
    await ada.tries('ada', PASSWORD, 'Make the account');
    await ada.composer.waitFor();
    await isAccessibleInBoth(ada, 'an empty conversation');

    const people = ['bob', 'carol', 'Dmitri', 'エミ', 'فاطمة'];
    for (const name of people) {
      const person = await town.server.joins(name);
      await person.says('broadcast see https://example.org/', 'broadcast and more');
      await person.seesInOrder('sent:', 'sent:');
    }
    await expect.poll(() => ada.messages.count()).toBe(2 * people.length);
    await ada.says('mine', '/help', '/nothing');
    await ada.page.locator('.note', { hasText: 'There is no command' }).waitFor();
    await isAccessibleInBoth(ada, 'a conversation');
    await ada.composer.fill('x'.repeat(5000));
    await isAccessibleInBoth(ada, 'too long a message');
    await ada.composer.fill('');
    await ada.page.keyboard.press('Escape');
    await isAccessibleInBoth(ada, 'the list');
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByText('This one').waitFor();
    await isAccessibleInBoth(ada, 'settings');
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'Write to someone' }).click();
    await ada.page.getByRole('button', { name: 'Write', exact: true }).click();
    await isAccessibleInBoth(ada, 'whom to write to');
    await ada.page.getByLabel('Names').fill('ghost');
    await ada.page.keyboard.press('Enter');
    await isAccessibleInBoth(ada, 'an empty private conversation');
    await ada.says('anybody there?');
    await ada.page.locator('.remark').waitFor();
    await isAccessibleInBoth(ada, 'a message to nobody');

    await ada.says('/create #lab');
    await ada.page.locator('.answer', { hasText: 'You created #lab.' }).waitFor();
    await ada.says('/message #lab **bold** `code` @ada');
    await ada.page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    await ada.messages.last().locator('.act').waitFor({ state: 'attached' });
    await ada.says('/react last 👍', '/topic #lab tea');
    await isAccessibleInBoth(ada, 'a room');
    await ada.messages.last().hover();
    await ada.messages.last().locator('.act').click();
    await ada.page.getByRole('menuitem', { name: 'React with 👍' }).waitFor();
    await isAccessibleInBoth(ada, 'the menu of a message');
    await ada.page.getByRole('menuitem', { name: 'Reply' }).click();
    await ada.composer.pressSequentially('/he');
    await ada.page.getByRole('option').first().waitFor();
    await isAccessibleInBoth(ada, 'an answer with suggestions');
    await ada.composer.fill('');
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'Members' }).click();
    await ada.page.locator('.member').first().click();
    await isAccessibleInBoth(ada, 'members');
    await ada.page.getByRole('button', { name: 'Reports and waiting messages' }).click();
    await ada.page.getByText('No reports are open').waitFor();
    await isAccessibleInBoth(ada, 'reports and waiting messages');
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'Search' }).click();
    await ada.page.getByLabel('Words').fill('bold');
    await ada.page.keyboard.press('Enter');
    await ada.page.locator('.hit').first().waitFor();
    await isAccessibleInBoth(ada, 'what was found');
    await ada.page.keyboard.press('Escape');

    await town.server.kill();
    await ada.page.locator('#banner-text', { hasText: 'Trying again' }).waitFor();
    await ada.says('meanwhile');
    await ada.page.locator('.message.waiting').waitFor();
    await isAccessibleInBoth(ada, 'reconnecting');
  });

  test('can be used with the keyboard alone', async () => {
    await using town = await startTown();
    const bob = await town.server.joins('bob');
    const { page } = await town.arrives();
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.dataset.key');
    // The focus is always to be seen.
    const isSeen = async () => {
      const style = 'getComputedStyle(document.activeElement)';
      const seen = await page.evaluate(
        `${style}.outlineStyle !== 'none' || getComputedStyle(document.activeElement.parentElement).boxShadow !== 'none'`,
      );
      expect(seen, String(await focused())).toBe(true);
    };

    // Name, password, the button that shows it, staying logged in, logging in, making an account.
    expect(await focused()).toBe('login-name');
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('login-other');
    await press('Enter');
    expect(await focused()).toBe('login-name');
    await page.keyboard.type('ada');
    await press('Tab');
    await page.keyboard.type(PASSWORD);
    await press('Enter');
    await page.locator('#composer-text').waitFor();
    await expect.poll(focused).toBe('composer-text');
    await isSeen();

    await page.keyboard.type('hello');
    await press('Enter');
    await bob.hears('ada', 'hello');
    // To the list, down to bob, and back to the conversation.
    await press('Escape');
    expect(await focused()).toBe('*');
    await isSeen();
    await press('ArrowDown');
    expect(await focused()).toBe('bob');
    await isSeen();
    await press('Enter');
    await expect.poll(focused).toBe('composer-text');
    await page.keyboard.type('only you');
    await press('Enter');
    await bob.hears('ada', 'only you');
    // The list is one stop of the Tab key, and the skip link goes past it.
    await press('Escape', 'Tab');
    expect(await focused()).toBe('settings-open');
    await isSeen();
    await press('Enter');
    await page.locator('#settings').waitFor();
    await press('Escape');
    await page.locator('#settings').waitFor({ state: 'hidden' });
    expect(await focused()).toBe('settings-open');
    await press('Tab');
    expect(await focused()).toBe('search-open');
    await press('Tab');
    expect(await focused()).toBe('scroll');
    await isSeen();
    await page.evaluate('document.activeElement.blur()');
    await page.locator('.skip').focus();
    await isSeen();
    await press('Enter');
    expect(await focused()).toBe('composer-text');

    await page.keyboard.type('/logout');
    await press('Enter');
    await page.locator('#login-name').waitFor();
    expect(await focused()).toBe('login-name');
  });

  test('announces messages to a screen reader, with their conversation', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await bob.says('broadcast hello all', 'message ada hello you');
    await bob.seesInOrder('sent:', 'sent:');
    const said = ada.page.locator('#announcer p');
    await said.filter({ hasText: /^bob: hello all$/ }).waitFor({ state: 'attached' });
    await said.filter({ hasText: /^bob, to you: hello you$/ }).waitFor({ state: 'attached' });
    await ada.page.getByRole('button', { name: 'Write to someone' }).click();
    await ada.page.getByLabel('Names').fill('ghost');
    await ada.page.keyboard.press('Enter');
    await ada.says('anybody there?');
    await said.filter({ hasText: 'Not sent to ghost: no such user' }).waitFor({ state: 'attached' });
    await ada.opens('Everyone');
    await ada.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await ada.page.getByRole('region', { name: 'Everyone' }).waitFor();
    await ada.page.getByRole('region', { name: 'Messages' }).waitFor();
    await ada.page.getByRole('textbox', { name: 'Message to everyone' }).waitFor();
  });
});
