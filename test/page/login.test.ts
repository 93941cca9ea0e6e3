import { describe, expect, test } from 'vitest';
import { PASSWORD } from '../support/program.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('logging in on the page', { timeout: 120_000 }, () => {
  test('an error is explained, and the wrong field has the focus', async () => {
    await using town = await startTown();
    await town.server.registers('bob');
    const ada = await town.arrives();
    const problem = (text: string | RegExp) => ada.page.locator('#login-problem', { hasText: text }).waitFor();
    const focused = () => ada.page.evaluate('document.activeElement.id');

    await ada.tries('', 'x');
    await problem('Please fill in a name');
    await ada.tries('ada', 'some words');
    await problem(/There is no account .*ada/);
    expect(await focused()).toBe('login-name');
    await ada.tries('bob', 'not this one');
    await problem('Wrong password.');
    expect(await focused()).toBe('login-password');

    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('bob', 'not this one', 'Make the account');
    await problem('That name is taken.');
    await ada.tries('a(da)', PASSWORD, 'Make the account');
    await problem('A name can have letters');
    await ada.tries('ada', 'short', 'Make the account');
    await problem('too short');
    await ada.tries('ada', 'password1', 'Make the account');
    await problem('too common');
    await ada.tries('ada', PASSWORD, 'Make the account');
    await ada.composer.waitFor();
  });

  test('after too many wrong passwords it counts down to the next attempt', async () => {
    await using town = await startTown({ plugins: { lockout: { attempts: 2, lockoutDuration: 3 } } });
    await town.server.registers('ada');
    const ada = await town.arrives();
    await ada.tries('ada', 'wrong');
    await ada.page.getByText('Wrong password.').waitFor();
    await ada.tries('ada', 'wrong again');
    await ada.page.getByText(/You cannot log in for \d seconds?: .* too many wrong passwords\./).waitFor();
    expect(await ada.page.locator('#login-submit').isDisabled()).toBe(true);
    await ada.page.getByText('You cannot log in for 1 second:').waitFor();
    await ada.page.getByText('You can try again now').waitFor();
    await ada.logsIn('ada');
  });

  test('it says that registration is off, and that the user is connected elsewhere', async () => {
    await using town = await startProgramTown({ plugins: { 'single-session': { per: 'account' } } });
    const bob = await town.server.joins('bob');
    const ada = await town.arrives();
    await ada.tries('bob', PASSWORD);
    await ada.page.getByText('is already connected').waitFor();
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('bob', 'a-name-for-me', 'Make the account');
    await ada.page.getByText('That name is taken.').waitFor();
    await ada.page.getByRole('button', { name: 'Log in' }).click();
    await bob.logsOut();
    await town.server.configures({ plugins: { registration: false, 'single-session': { per: 'account' } } });
    await town.server.reloads();
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('ada', PASSWORD, 'Make the account');
    await ada.page.getByText('it cannot be registered here').waitFor();
  });

  test('it offers no account while registration is off, and says that the server is full', async () => {
    const limits = { exempt: [] };
    await using town = await startTown({ plugins: { registration: false, connections: { perNetwork: 1 } }, limits });
    const ada = await town.arrives();
    const nobody = await town.server.connect();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText('There are too many connections from your network').waitFor();
    expect(await ada.page.getByText('Make an account').isVisible()).toBe(false);
    await nobody.closes();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText(/There is no account .*ada/).waitFor();
  });

  test('a user is connected in several browsers and on a plain line at once, and sees in each what the others sent', async () => {
    await using town = await startTown();
    const desk = await town.arrives();
    await desk.registers('ada');
    const phone = await town.arrives();
    await phone.logsIn('ada');
    const bob = await town.server.joins('bob');
    const line = await town.server.returns('ada');
    await desk.says('from the desk');
    await bob.hears('ada', 'from the desk');
    await phone.hears('from the desk');
    await line.says('broadcast from the line');
    await line.sees('sent:');
    for (const visitor of [desk, phone]) await visitor.hears('from the line');
    await line.says('devices');
    expect(await line.asks()).toBe('default online here');
    for (let i = 0; i < 2; i++) expect(await line.asks()).toMatch(/^page-[\da-f]{4}-chrome-linux online$/);
    await line.sees('end:devices');
  });

  test('further windows of one browser are numbered devices, and a browser stays the same device', async () => {
    await using town = await startTown();
    const first = await town.arrives();
    await first.registers('ada');
    const second = await first.opensAnotherWindow();
    await second.logsIn('ada');
    await first.says('in the first');
    await second.hears('in the first');
    const line = await town.server.returns('ada');
    await line.says('devices');
    await line.sees('default online here');
    const name = (await line.asks()).replace(' online', '');
    expect(name).toMatch(/^page-[\da-f]{4}-chrome-linux$/);
    await line.seesInOrder(`${name}-2 online`, 'end:devices');
    // A reload resumes as the device that the window was.
    await second.page.reload();
    await second.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    await first.page.getByRole('button', { name: 'Settings' }).click();
    await first.page.getByRole('button', { name: 'Log out' }).click();
    await first.logsIn('ada');
    await line.says('devices');
    await line.seesInOrder('default online here', `${name} online`, `${name}-2 online`, 'end:devices');
  });

  test('a user whose device is signed out must log in again, and the conversations are gone', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('a secret');
    await ada.page.locator('.message:not(.waiting)').waitFor();
    const elsewhere = await town.arrives();
    await elsewhere.logsIn('ada');
    const line = await town.server.returns('ada');
    const name = await ada.page.evaluate("localStorage.getItem('chatserv / device')");
    expect(await line.asks(`logout ${name}`)).toBe('done:1');
    await ada.page.getByText('You were signed out').waitFor();
    expect(await ada.page.evaluate('[...Object.keys(sessionStorage), ...Object.keys(localStorage)]')).toEqual([
      'chatserv / device',
    ]);
    await elsewhere.says('still here');
    await elsewhere.page.locator('.message:not(.waiting)', { hasText: 'still here' }).waitFor();
  });

  test('where a user has one connection, the page takes over with the password, and can switch back', async () => {
    await using town = await startTown({ plugins: { 'single-session': { per: 'account' } } });
    const desk = await town.arrives();
    await desk.registers('ada');
    await desk.says('at my desk');
    const phone = await town.arrives();
    await phone.tries('ada', 'not the right one');
    await phone.page.getByText('Wrong password.').waitFor();
    await phone.tries('ada', PASSWORD);
    await phone.page.getByText('from another window or device. Logging in here closes that connection.').waitFor();
    const instead = phone.page.getByRole('button', { name: 'Log in here instead' });
    expect(await phone.page.evaluate('document.activeElement.id')).toBe('login-submit');
    // What is filled in anew is another attempt.
    await phone.page.getByLabel('Password', { exact: true }).fill('something else');
    await phone.page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
    await phone.tries('ada', PASSWORD);
    await instead.click();
    await phone.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    await desk.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();

    await desk.page.getByRole('button', { name: 'Use it here' }).click();
    await desk.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    expect(await desk.texts()).toEqual(['at my desk']);
    await phone.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();
    // A page that is loaded again does not take over by itself.
    await phone.page.reload();
    await phone.page.locator('#banner-text', { hasText: 'You logged in from another window' }).waitFor();
    await desk.says('still here');
    await desk.page.locator('.message:not(.waiting)', { hasText: 'still here' }).waitFor();
  });

  test('a user who is signed out elsewhere must log in again, and the conversations are gone', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('a secret');
    await ada.page.locator('.message:not(.waiting)').waitFor();
    const elsewhere = await town.server.returns('ada');
    expect(await elsewhere.asks('logout everywhere')).toBe('goodbye');
    await ada.page.getByText('You were signed out').waitFor();
    expect(await ada.page.evaluate("Object.values(localStorage).join('').includes('a secret')")).toBe(false);
    expect(await ada.page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('it says that there is no connection', async () => {
    await using town = await startProgramTown({}, [/ERR_CONNECTION_REFUSED/]);
    const ada = await town.arrives();
    await town.server.kill();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText('The server cannot be reached.').waitFor();
  });
});
