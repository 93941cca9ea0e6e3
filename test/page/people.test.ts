import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { CROWD } from '../support/crowd.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('people on the page', { timeout: 120_000 }, () => {
  test('are found among 5,000, of whom only those in sight are rendered', async () => {
    await using town = await startProgramTown({ plugins: { './crowd.ts': true } }, [], { 'crowd.ts': CROWD });
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.page.locator('#talk-about', { hasText: '5001 people online' }).waitFor();
    const rows = ada.page.locator('#talks .talk-button');
    await ada.entry('person0000').waitFor();
    expect(await rows.count()).toBeLessThan(80);
    await ada.page.locator('#talks').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await ada.entry('person4999').waitFor();
    expect(await rows.count()).toBeLessThan(80);

    await ada.page.getByLabel('Find people and rooms').fill('person43');
    await ada.entry('person4399').waitFor({ state: 'attached' });
    await expect.poll(() => rows.first().textContent()).toContain('person4300');
    await ada.page.getByLabel('Find people and rooms').press('Enter');
    await ada.page.locator('#talk-name', { hasText: 'person4300' }).waitFor();
    expect(await ada.page.getByLabel('Find people and rooms').inputValue()).toBe('');
    // The arrow keys go on to rows that were not rendered before.
    await ada.page.getByLabel('Find people and rooms').fill('person');
    await ada.page.getByLabel('Find people and rooms').press('ArrowDown');
    for (let i = 0; i < 60; i++) await ada.page.keyboard.press('ArrowDown');
    const at = await ada.page.evaluate('document.activeElement.dataset.key');
    expect(at).toMatch(/^person/);
    await ada.page.keyboard.press('Enter');
    await ada.page.locator('#talk-name', { hasText: String(at) }).waitFor();
  });

  test('of a room are listed with their roles, and moderated by those who may', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.entry('#lab').waitFor();
    const bob = await town.server.joins('bob');
    await answered(bob, 'join #lab', /^joined:#lab/);
    await ada.opens('#lab');
    const { page } = ada;
    await page.getByRole('button', { name: 'Members' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: /ada.*owner/ }).waitFor();
    await sheet.getByRole('button', { name: /^B?bob$/ }).click();
    await sheet.getByRole('button', { name: 'Make a moderator' }).click();
    await comes(bob, /ada made bob a moderator|moderator/);
    await sheet.getByRole('button', { name: /bob.*moderator/ }).waitFor();
    await sheet.getByRole('button', { name: /bob.*moderator/ }).click();
    await sheet.getByRole('button', { name: 'Make a member' }).click();
    await comes(bob, /member/);
    await sheet.getByRole('button', { name: /^B?bob$/ }).click();
    await sheet.getByRole('button', { name: 'Remove from the room' }).click();
    await comes(bob, /^\[.*\] #lab \*server\*: ada removed bob$/);
    await sheet.getByLabel('Topic').fill('tea at four');
    await sheet.getByRole('button', { name: 'Set', exact: true }).click();
    await sheet.getByText('1 member · public · tea at four').waitFor();
    await sheet.getByLabel('Invite a person').fill('bob');
    await sheet.getByRole('button', { name: 'Invite', exact: true }).click();
    await comes(bob, /invited to #lab/);
    await expect.poll(() => sheet.getByLabel('Invite a person').inputValue()).toBe('');
    await page.keyboard.press('Escape');

    // Somebody who may not sees no such buttons.
    const carol = await town.arrives();
    await carol.registers('carol');
    await carol.says('/join #lab');
    await carol.opens('#lab');
    await carol.page.getByRole('button', { name: 'Members' }).click();
    await carol.page
      .getByRole('dialog')
      .getByRole('button', { name: /ada.*owner/ })
      .click();
    await carol.page.getByRole('button', { name: 'Write to ada' }).waitFor();
    expect(await carol.page.getByRole('button', { name: 'Remove from the room' }).count()).toBe(0);
  });

  test('who moderate approve messages and close reports where they are told of them', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab', '/room-approval #lab on');
    await ada.entry('#lab').waitFor();
    const bob = await town.server.joins('bob');
    await answered(bob, 'join #lab', /^joined:#lab/);
    await answered(bob, 'message #lab good morning', /^error:held:message/);
    await ada.opens('#lab');
    const told = ada.page.locator('#messages .shown');
    await told.filter({ hasText: 'bob wants to say: good morning' }).getByRole('button', { name: 'Approve' }).click();
    await ada.hears('good morning');
    await told.filter({ hasText: 'Approved.' }).waitFor();
    const carol = await town.server.joins('carol');
    await answered(carol, 'join #lab', /^joined:#lab/);
    await ada.says('/room-approval #lab off');
    await comes(carol, /turned approval off/);
    await answered(bob, 'message #lab rude words', /^sent:/);
    await comes(carol, /rude words$/);
    await answered(carol, 'report bob be kind', /^reported:/);
    const report = told.filter({ hasText: 'carol reported a message by bob: be kind' });
    expect(await report.locator('.hint').textContent()).toMatch(/^For moderators, /);
    await report.getByRole('button', { name: 'Close the report' }).click();
    await report.filter({ hasText: 'Closed.' }).waitFor();
    await comes(carol, /was dealt with/);
  });

  test('who moderate find what waits in a sheet, and a room shows its topic', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab', '/room-approval #lab on', '/topic #lab tea at four');
    await ada.opens('#lab');
    await ada.page.locator('#talk-about', { hasText: 'tea at four' }).waitFor();
    const bob = await town.server.joins('bob');
    await answered(bob, 'join #lab', /^joined:#lab/);
    const carol = await town.server.joins('carol');
    await answered(carol, 'join #lab', /^joined:#lab/);
    await answered(bob, 'message #lab one', /^error:held:message/);
    await answered(bob, 'message #lab two', /^error:held:message/);
    await ada.page.getByRole('button', { name: 'Members' }).click();
    await ada.page.getByRole('button', { name: 'Reports and waiting messages' }).click();
    const cases = ada.page.getByRole('dialog').locator('.case');
    await cases.filter({ hasText: 'two' }).getByRole('button', { name: 'Reject' }).click();
    await cases.filter({ hasText: 'two' }).waitFor({ state: 'detached' });
    await cases.filter({ hasText: 'one' }).getByRole('button', { name: 'Approve' }).click();
    await ada.page.getByText('No reports are open').waitFor();
    await comes(bob, /#lab bob: one$/);
    await comes(carol, /#lab bob: one$/);
    await answered(carol, 'report bob be kind', /^reported:/);
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'Members' }).click();
    await ada.page.getByRole('button', { name: 'Reports and waiting messages' }).click();
    await cases.filter({ hasText: 'carol: be kind' }).getByRole('button', { name: 'Delete the message' }).click();
    await cases.filter({ hasText: 'This message was deleted.' }).getByRole('button', { name: 'Close' }).click();
    await ada.page.getByText('No reports are open').waitFor();
    await comes(carol, /was dealt with/);
  });

  test('are told what to do next if they are alone on a new server', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.page.getByText('Is this your server?').click();
    await ada.page.getByText('chatserv user role ada admin').waitFor();
    await town.server.joins('bob');
    await ada.page.getByText('Is this your server?').waitFor({ state: 'detached' });
  });
});
