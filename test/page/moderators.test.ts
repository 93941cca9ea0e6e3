import { describe, expect, test } from 'vitest';
import { isAccessible } from '../support/accessible.ts';
import { accountsOf, idOf } from '../support/accounts.ts';
import { answered, comes } from '../support/comes.ts';
import type { ListeningServer } from '../support/listening-server.ts';
import { startTown, type Town } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** Registers somebody on the page who has a role on the server. */
async function arrivesAs(town: Town<ListeningServer>, name: string, role: string): Promise<Visitor> {
  const visitor = await town.arrives();
  await visitor.registers(name);
  await accountsOf(town.server.inside).setRoles(await idOf(town.server.inside, name), [role]);
  return visitor;
}

describe.skipIf(CHROMIUM === undefined)('moderators of the server, on the page', { timeout: 120_000 }, () => {
  test('mute, disconnect and ban people by keyboard, and read why something is refused', async () => {
    await using town = await startTown();
    const root = await arrivesAs(town, 'root', 'admin');
    const bob = await town.server.joins('bob');
    const { page } = root;
    const dialog = page.getByRole('dialog');
    const presses = async (name: string) => {
      await dialog.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
      await dialog
        .getByRole('status')
        .filter({ hasText: `${name}: done.` })
        .waitFor();
    };
    await root.entry('bob').focus();
    await page.keyboard.press('Enter');
    const opener = page.getByRole('button', { name: 'Moderate bob' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Ban for good' }).waitFor();
    await isAccessible(root, 'a person, for admins');
    await presses('Mute for 10 minutes');
    await answered(bob, 'broadcast hello', /^error:muted/);
    await presses('Unmute');
    await answered(bob, 'broadcast hello', /^sent:/);
    await presses('Disconnect');
    await comes(bob, /^closing:kicked$/);
    await presses('Ban for a week');
    await presses('Lift the ban');
    await town.server.returns('bob');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await opener.evaluate((one) => one === document.activeElement)).toBe(true);

    // From the list, and about somebody whom the server does not know.
    await root.entry('bob').click({ button: 'right' });
    await dialog.getByRole('button', { name: 'Disconnect' }).waitFor();
    await page.keyboard.press('Escape');
    await root.says('/message ghost hello');
    await page.getByRole('button', { name: 'Moderate ghost' }).click();
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await dialog
      .getByRole('alert')
      .filter({ hasText: /^This server refused that: .*ghost/ })
      .waitFor();
  });

  test('may not act on admins, and others are offered nothing', async () => {
    await using town = await startTown();
    const mo = await arrivesAs(town, 'mo', 'moderator');
    const root = await arrivesAs(town, 'root', 'admin');
    await root.says('good morning');
    const written = mo.messages.filter({ hasText: 'good morning' });
    await written.hover();
    await written.getByRole('button', { name: 'Message menu' }).click();
    await mo.page.getByRole('menuitem', { name: 'Moderate this person' }).click();
    const dialog = mo.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await dialog.getByText('This server refused that: Only an admin can kick an admin.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Ban for good' }).count()).toBe(0);

    const carol = await town.arrives();
    await carol.registers('carol');
    await carol.opens('root');
    expect(await carol.page.getByRole('button', { name: 'Moderate root' }).count()).toBe(0);
  });

  test('are made by admins, and see at once what they may do', async () => {
    await using town = await startTown();
    const root = await arrivesAs(town, 'root', 'admin');
    const bob = await town.arrives();
    await bob.registers('bob');
    await bob.opens('root');
    await root.opens('bob');
    await root.page.getByRole('button', { name: 'Moderate bob' }).click();
    const dialog = root.page.getByRole('dialog');
    await dialog.getByRole('group', { name: 'Role: none' }).waitFor();
    await dialog.getByRole('button', { name: 'Make a moderator' }).click();
    await dialog.getByRole('group', { name: 'Role: moderator' }).waitFor();
    await bob.page.getByRole('button', { name: 'Moderate root' }).waitFor();
    await dialog.getByRole('button', { name: 'No longer a moderator' }).focus();
    await root.page.keyboard.press('Enter');
    await dialog.getByRole('group', { name: 'Role: none' }).waitFor();
    await bob.page.getByRole('button', { name: 'Moderate root' }).waitFor({ state: 'detached' });
    expect(await root.page.evaluate('document.activeElement.textContent')).toBe('Make a moderator');
  });

  test('find all reports in the settings', async () => {
    await using town = await startTown();
    const mo = await arrivesAs(town, 'mo', 'moderator');
    const bob = await town.server.joins('bob');
    const carol = await town.server.joins('carol');
    await answered(bob, 'broadcast rude words', /^sent:/);
    await comes(carol, /rude words$/);
    await answered(carol, 'report bob be kind', /^reported:/);
    await mo.page.getByRole('button', { name: 'Settings' }).click();
    await mo.page.getByRole('dialog').getByRole('button', { name: 'Reports' }).click();
    const open = mo.page.getByRole('dialog', { name: 'Reports' }).locator('.case');
    await open.filter({ hasText: 'carol: be kind' }).getByText('rude words').waitFor();
    await isAccessible(mo, 'reports');
    await open.getByRole('button', { name: 'Close the report: bob' }).click();
    await comes(carol, /was dealt with/);
    await mo.page.getByText('No reports are open').waitFor();
    await mo.page.keyboard.press('Escape');

    const dan = await town.arrives();
    await dan.registers('dan');
    await dan.page.getByRole('button', { name: 'Settings' }).click();
    await dan.page.getByRole('button', { name: 'Log out' }).waitFor();
    expect(await dan.page.getByRole('button', { name: 'Reports' }).count()).toBe(0);
  });
});
