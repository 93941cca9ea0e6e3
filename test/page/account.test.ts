import { describe, expect, test } from 'vitest';
import { answered } from '../support/comes.ts';
import { PASSWORD } from '../support/program.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

const opensSettings = ({ page }: Visitor) => page.getByRole('button', { name: 'Settings' }).click();

/** Answers the question that is open. */
async function answers({ page }: Visitor, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Answer' }).click();
}

describe.skipIf(CHROMIUM === undefined)('an account on the page', { timeout: 120_000 }, () => {
  test('gets a new password, and its other devices are signed out', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await opensSettings(ada);
    await ada.page.getByRole('button', { name: 'Change the password' }).click();
    const fresh = 'a whole new sentence';
    await answers(ada, 'Your password', PASSWORD);
    await answers(ada, 'New password', fresh);
    await answers(ada, 'Repeat the password', fresh);
    await ada.page.getByText('Your password was changed.').waitFor();
    await ada.page.keyboard.press('Escape');

    const other = await town.arrives();
    await other.logsIn('ada', fresh);
    await opensSettings(ada);
    await ada.page.getByRole('button', { name: /^Sign out page-/ }).click();
    await other.page.getByText('You were signed out').waitFor();
  });

  test('ignores people, chooses what to be notified of, and who may write', async () => {
    await using town = await startTown();
    const bob = await town.server.joins('bob');
    const ada = await town.arrives();
    await ada.registers('ada');
    await opensSettings(ada);
    await ada.page.getByLabel('Ignore someone').fill('bob');
    await ada.page.getByLabel('Ignore someone').press('Enter');
    await ada.page.getByText('You ignore bob now.').waitFor();
    await ada.page.getByRole('button', { name: 'Stop ignoring bob' }).click();
    await ada.page.getByText('You see bob again.').waitFor();
    await ada.page.getByLabel('Mentions of you').check();
    await ada.page.getByLabel('Nobody new').check();
    await ada.page.getByText('Saved.').waitFor();
    await answered(bob, 'message ada hello', /^error:contact:message/);
    const line = await town.server.returns('ada');
    await expect.poll(() => line.asks('notify everyone')).toBe('notify:mentions');
  });

  test('is exported, and deleted for good', async () => {
    await using town = await startTown();
    await town.server.joins('bob');
    const ada = await town.arrives();
    await ada.registers('ada');
    await opensSettings(ada);
    await ada.page.getByRole('button', { name: 'Get a copy of your data' }).click();
    const link = await ada.page.getByRole('link', { name: 'Download your data' }).getAttribute('href');
    expect(link).toContain(`${town.url}export/`);
    await ada.page.getByRole('button', { name: 'Delete the account' }).click();
    await ada.page.getByRole('button', { name: 'Delete it, keep my messages' }).click();
    await answers(ada, 'Your password', PASSWORD);
    await ada.page.locator('#login-name, #banner-text').first().waitFor();
    const again = await town.arrives();
    await again.tries('ada', PASSWORD);
    await again.page.getByText(/There is no account .*ada/).waitFor();
  });
});
