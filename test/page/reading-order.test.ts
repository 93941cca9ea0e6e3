import { describe, expect, test } from 'vitest';
import { answered } from '../support/comes.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** What a screen reader reads, in its order: the roles and names of the accessibility tree. */
async function read({ page }: Visitor, selector: string): Promise<string> {
  return page.locator(selector).ariaSnapshot();
}

/** Checks that these stand in a text in this order. */
function inOrder(text: string, parts: readonly string[]): void {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    expect(found, `${part} after what is before it, in\n${text}`).toBeGreaterThanOrEqual(0);
    at = found + part.length;
  }
}

describe.skipIf(CHROMIUM === undefined)('a screen reader', { timeout: 120_000 }, () => {
  test('reads the login, the list, the conversation and each sheet in the order of their use', async () => {
    await using town = await startTown({ plugins: { page: { title: 'Town' } } });
    const ada = await town.arrives();
    inOrder(await read(ada, 'body'), [
      'heading "Town"',
      'textbox "Name"',
      'textbox "Password"',
      'button "Log in"',
      'button "Make an account"',
    ]);
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await answered(bob, 'broadcast hello', /^sent:/);
    await ada.hears('hello');
    await ada.says('/create #lab', '/topic #lab tea');
    await ada.opens('#lab');
    await ada.page.locator('#talk-about', { hasText: 'tea' }).waitFor();
    await ada.says('mine');
    await ada.messages.last().locator('.act').waitFor({ state: 'attached' });
    inOrder(await read(ada, 'body'), [
      'link "Skip to writing"',
      'navigation "Conversations"',
      'heading "Town"',
      'button "Rooms"',
      'textbox "Find people and rooms"',
      'list "Everyone"',
      'heading "Rooms"',
      'list "Rooms"',
      'heading "Online"',
      'list "Online"',
      'button "Settings"',
      'region "#lab"',
      'heading "#lab"',
      'paragraph: tea',
      'button "Members"',
      'button "Search"',
      'region "Messages"',
      'You',
      'mine',
      'button "Message menu"',
      'textbox "Message to #lab"',
      'button "Send"',
    ]);

    const sheets: readonly (readonly [string, readonly string[]])[] = [
      ['Rooms', ['heading "Rooms"', 'button "Close"', 'list "Rooms"', 'button "Open #lab"', 'textbox "New room"']],
      ['Write to someone', ['heading', 'combobox "Names"', 'button "Write"']],
      ['Settings', ['heading "Settings"', 'button "Close"', 'group "Colours"', 'radio "System"', 'button "Log out"']],
      ['Members', ['heading "#lab"', 'button "Close"', '1 member', 'textbox "Topic"', 'list "Members"', 'ada']],
      ['Search', ['heading', 'button "Close"', 'textbox "Words"']],
    ];
    for (const [name, order] of sheets) {
      const opener = ada.page.getByRole('button', { name, exact: true });
      await opener.focus();
      await ada.page.keyboard.press('Enter');
      await ada.page.getByRole('dialog').waitFor();
      if (name === 'Rooms') await ada.page.getByRole('button', { name: 'Open #lab' }).waitFor();
      if (name === 'Members') {
        await ada.page.getByLabel('Topic').waitFor();
        await ada.page.getByRole('dialog').getByText('ada').waitFor();
      }
      inOrder(await read(ada, 'dialog'), order);
      // The focus is in the sheet, and returns to the button.
      expect(await ada.page.evaluate("document.activeElement.closest('dialog') !== null"), name).toBe(true);
      await ada.page.keyboard.press('Escape');
      await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await opener.evaluate((button) => button.matches(':focus')), name).toBe(true);
    }
  });

  test('reads the menu of a message, what a moderator can do and a question in their order', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await ada.says('/create #lab');
    await ada.opens('#lab');
    await answered(bob, 'join #lab', /^joined:#lab/);
    await answered(bob, 'message #lab hello', /^sent:/);
    await ada.hears('hello');
    await ada.messages.last().locator('.act').click();
    await ada.page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    inOrder(await read(ada, '[role=menu]'), [
      'menu "Message: hello"',
      'group "React"',
      'menuitem "React with 👍"',
      'menuitem "More reactions"',
      'menuitem "Reply"',
      'menuitem "Copy the text"',
      'menuitem "Write to this person"',
      'menuitem "Report to the moderators"',
      'menuitem "Delete"',
    ]);
    await ada.page.keyboard.press('Escape');

    await ada.page.getByRole('button', { name: 'Members' }).click();
    await ada.page.locator('.member', { hasText: 'bob' }).click();
    inOrder(await read(ada, 'dialog'), [
      'heading "#lab"',
      'list "Members"',
      'bob',
      'group "bob"',
      'button "Write to bob"',
      'button "Mute for 10 minutes"',
      'button "Unmute"',
      'button "Remove from the room"',
      'button "Ban for a week"',
      'button "Make a moderator"',
      'button "Leave the room"',
    ]);
    await ada.page.keyboard.press('Escape');

    await ada.says('/change-password');
    await ada.page.getByLabel('Your password', { exact: true }).waitFor();
    inOrder(await read(ada, 'dialog'), ['heading', 'textbox "Your password"', 'button "Cancel"', 'button "Answer"']);
  });

  test('has every control of each sheet in reach of the Tab key', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.opens('#lab');
    for (const name of ['Rooms', 'Write to someone', 'Settings', 'Members', 'Search']) {
      await ada.page.getByRole('button', { name, exact: true }).click();
      await ada.page.getByRole('dialog').waitFor();
      if (name === 'Rooms') await ada.page.getByRole('button', { name: 'Open #lab' }).waitFor();
      if (name === 'Members') {
        await ada.page.getByLabel('Topic').waitFor();
        await ada.page.getByRole('dialog').getByText('ada').waitFor();
      }
      if (name === 'Settings') await ada.page.getByText('This one').waitFor();
      const count = Number(
        await ada.page.evaluate(`(() => {
          const controls = [...document.querySelectorAll('dialog :is(button, input, select, textarea, a, summary)')];
          // Of radio buttons with one name, the Tab key stops at the chosen one; the arrow keys go to the others.
          window.missed = new Set(controls.filter((one) => {
            return one.checkVisibility() && !one.disabled && (one.type !== 'radio' || one.checked);
          }));
          return window.missed.size;
        })()`),
      );
      for (let i = 0; i < count + 4; i++) {
        await ada.page.evaluate('window.missed.delete(document.activeElement)');
        await ada.page.keyboard.press('Tab');
      }
      const missed = await ada.page.evaluate('[...window.missed].map((one) => one.outerHTML)');
      expect(count, name).toBeGreaterThan(2);
      expect(missed, name).toEqual([]);
      await ada.page.keyboard.press('Escape');
      await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });
});
