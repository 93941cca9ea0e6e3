import { describe, expect, test } from 'vitest';
import { PASSWORD } from '../support/program.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('logging in on the page', { timeout: 120_000 }, () => {
  test('an error is explained, and the wrong field has the focus', async () => {
    await using town = await startTown();
    await town.program.registers('bob');
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
    await town.program.registers('ada');
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
    await using town = await startTown();
    const bob = await town.program.joins('bob');
    const ada = await town.arrives();
    await ada.tries('bob', PASSWORD);
    await ada.page.getByText('is already connected').waitFor();
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('bob', 'a-name-for-me', 'Make the account');
    await ada.page.getByText('That name is taken.').waitFor();
    await ada.page.getByRole('button', { name: 'Log in' }).click();
    await bob.logsOut();
    await town.program.configures({ plugins: { registration: false } });
    await town.program.reloads();
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('ada', PASSWORD, 'Make the account');
    await ada.page.getByText('it cannot be registered here').waitFor();
  });

  test('it offers no account while registration is off, and says that the server is full', async () => {
    const limits = { exempt: [] };
    await using town = await startTown({ plugins: { registration: false, connections: { perNetwork: 1 } }, limits });
    const ada = await town.arrives();
    const nobody = await town.program.connect();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText('There are too many connections from your network').waitFor();
    expect(await ada.page.getByText('Make an account').isVisible()).toBe(false);
    await nobody.closes();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText(/There is no account .*ada/).waitFor();
  });

  test('a user who is connected elsewhere takes over with the password, and can switch back', async () => {
    await using town = await startTown();
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
    await using town = await startTown({ plugins: { 'single-session': false } });
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('a secret');
    await ada.page.locator('.message:not(.waiting)').waitFor();
    const elsewhere = await town.program.returns('ada');
    expect(await elsewhere.asks('logout everywhere')).toBe('goodbye');
    await ada.page.getByText('You were signed out everywhere').waitFor();
    expect(await ada.page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
  });

  test('it says that there is no connection', async () => {
    await using town = await startTown({}, [/ERR_CONNECTION_REFUSED/]);
    const ada = await town.arrives();
    await town.program.kill();
    await ada.tries('ada', PASSWORD);
    await ada.page.getByText('The server cannot be reached.').waitFor();
  });
});
