import { describe, expect, test } from 'vitest';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('what the page stores on the device', { timeout: 120_000 }, () => {
  test('is nothing if the browser does not allow it, and the page still works', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.page.addInitScript(`
      for (const name of ['sessionStorage', 'localStorage']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('not allowed', 'SecurityError'); } });
      }
    `);
    await ada.page.reload();
    await ada.registers('ada');
    await ada.says('one word');
    await ada.hears('one word');
    await ada.says('/devices');
    await ada.page.locator('#messages .note', { hasText: /page-chrome-linux online here/ }).waitFor();
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByLabel('Dark').check();
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.page.locator('#login-name').waitFor();
  });

  test('is less if there is little space, in the end only the login', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.page.addInitScript(`
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) {
        if (value.length > 2000) throw new DOMException('full', 'QuotaExceededError');
        setItem.call(this, key, value);
      };
    `);
    await ada.page.reload();
    await ada.registers('ada');
    await ada.says('a short one');
    await ada.says('x'.repeat(3000));
    await ada.page.locator('.message:not(.waiting)').nth(1).waitFor();
    await ada.page.reload();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    const kept = (await ada.page.evaluate("sessionStorage.getItem('chatserv /')")) as string;
    expect(JSON.parse(kept)).toMatchObject({ name: 'ada', talks: [{ to: 'everyone', entries: [] }] });
  });

  test('is ignored if another version wrote it', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    for (const kept of [
      'no JSON',
      '{"name":"ada","remembered":{"token":"x"},"talks":{}}',
      '{"name":"ada","remembered":{"token":"x"},"talks":[{"to":"everyone","entries":[{"text":1}],"unread":0,"draft":""}]}',
    ]) {
      await ada.page.evaluate(`sessionStorage.setItem('chatserv /', ${JSON.stringify(kept)})`);
      await ada.page.reload();
      await ada.page.locator('#login-name').waitFor();
    }
  });

  test('is shared by the windows of a user who stays logged in: the last one writes it, and logging out ends all', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.page.getByLabel('Stay logged in').check();
    await ada.registers('ada');
    await ada.says('in the first');
    await ada.page.locator('.message:not(.waiting)').waitFor();

    const second = await ada.opensAnotherWindow();
    await second.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    await second.hears('in the first');
    await ada.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();
    await second.says('in the second');
    const kept = () => ada.page.evaluate('Object.values(localStorage).join()');
    await expect.poll(kept).toContain('in the second');

    await ada.page.getByRole('button', { name: 'Use it here' }).click();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    expect(await ada.texts()).toEqual(['in the first', 'in the second']);
    await second.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();

    await ada.says('in the first again');
    await expect.poll(kept).toContain('in the first again');
    // The window that was replaced writes nothing when it goes.
    await second.page.reload();
    await second.hears('in the first again');
    await ada.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();

    await second.says('/logout');
    await second.page.locator('#login-name').waitFor();
    await ada.page.locator('#login-name').waitFor();
    expect(await ada.page.locator('#messages').count()).toBe(0);
    await ada.page.reload();
    await ada.page.locator('#login-name').waitFor();
    expect(await ada.page.evaluate('[...Object.keys(sessionStorage), ...Object.keys(localStorage)]')).toEqual([
      'chatserv / device',
    ]);
  });
});
