import { describe, expect, test } from 'vitest';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('a guest on the page', { timeout: 120_000 }, () => {
  test('comes in under a marked name, reads and writes', async () => {
    await using town = await startTown({ plugins: { guests: true } });
    const bob = await town.server.joins('bob');
    const gil = await town.arrives();
    const guest = gil.page.getByRole('button', { name: 'Come in as a guest' });
    await guest.click();
    await gil.page.getByText('Please fill in a name.').waitFor();
    await gil.page.getByLabel('Name', { exact: true }).fill('bob');
    await guest.click();
    await gil.page.getByText('That name is taken. If it is yours, log in instead.').waitFor();
    await gil.page.getByLabel('Name', { exact: true }).fill('gil');
    await guest.click();
    await gil.composer.waitFor();
    expect(await gil.page.locator('#me-name').textContent()).toBe('gil[guest]');
    await gil.says('hello');
    await bob.hears('gil[guest]', 'hello');
    await bob.says('broadcast welcome');
    await bob.sees('sent:');
    await gil.hears('welcome');
  });
});
