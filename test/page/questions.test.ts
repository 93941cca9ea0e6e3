import { describe, expect, test } from 'vitest';
import { PASSWORD } from '../support/program.ts';
import { INVITED, ORDER } from '../support/questions.ts';
import { startProgramTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('a question on the page', { timeout: 120_000 }, () => {
  test('of a command is answered or cancelled, and the user stays logged in', async () => {
    await using town = await startProgramTown({ plugins: { './order.ts': true } }, [], { 'order.ts': ORDER });
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    const sheet = ada.page.getByRole('dialog');
    const notes = ada.page.locator('#messages .note');
    const answers = async (label: string, text: string) => {
      await sheet.getByLabel(label).fill(text);
      await sheet.getByLabel(label).press('Enter');
    };

    await ada.says('/order');
    await sheet.getByText('/order asks').waitFor();
    expect(await sheet.getByLabel('size').getAttribute('type')).toBe('text');
    await answers('size', 'small');
    await sheet.getByText('not so small').waitFor();
    // Messages come all the while.
    await bob.says('broadcast hungry too');
    await bob.sees('sent:');
    await ada.hears('hungry too');
    await answers('size', 'large');
    await sheet.getByLabel('card').waitFor();
    expect(await sheet.getByLabel('card').getAttribute('type')).toBe('password');
    await answers('card', '4111');
    await notes.filter({ hasText: 'large pizza, paid with 4 digits' }).waitFor();
    await sheet.waitFor({ state: 'hidden' });

    await ada.says('/order');
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await notes.filter({ hasText: 'You gave no answer, so /order was cancelled.' }).waitFor();
    await ada.says('/order');
    await sheet.getByLabel('size').press('Escape');
    await notes.filter({ hasText: 'was cancelled' }).nth(1).waitFor();
    await ada.says('still here');
    await bob.hears('ada', 'still here');
  });

  test('of a command closes with the connection, and the page reconnects', async () => {
    await using town = await startProgramTown({ plugins: { './order.ts': true } }, [/WebSocket|ERR_/], {
      'order.ts': ORDER,
    });
    const { server } = town;
    const [, where] = await server.prints(/listens on http \S+:(\d+)/);
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/order');
    const sheet = ada.page.getByRole('dialog');
    await sheet.getByLabel('size').waitFor();
    await server.configures({ plugins: { './order.ts': true, http: { port: Number(where) } } });
    await server.kill();
    await sheet.waitFor({ state: 'hidden' });
    await ada.page.locator('.note', { hasText: 'The connection was lost before /order was answered' }).waitFor();
    await server.start();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor({ timeout: 40_000 });
  });

  test('of a plugin during a login is answered, and without an answer the login fails', async () => {
    await using town = await startProgramTown({ plugins: { './invited.ts': true } }, [], { 'invited.ts': INVITED });
    const ada = await town.arrives();
    const sheet = ada.page.getByRole('dialog');
    const answers = async (text: string) => {
      await sheet.getByLabel('Who invited you?').fill(text);
      await sheet.getByRole('button', { name: 'Answer' }).click();
    };
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('ada', PASSWORD, 'Make the account');
    await sheet.getByText('Before you go on').waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await ada.page.getByText('You cannot log in without answering “Who invited you?”.').waitFor();
    await ada.tries('ada', PASSWORD, 'Make the account');
    await answers('carol');
    await sheet.getByText('nobody knows them').waitFor();
    await answers('bob');
    // The new account logs in like any other.
    await answers('bob');
    await ada.composer.waitFor();
    expect(await ada.page.locator('#me-name').textContent()).toBe('ada');
  });
});
