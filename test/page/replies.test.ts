import { describe, expect, test } from 'vitest';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('an answer on the page', { timeout: 120_000 }, () => {
  test('is shown with the message that it answers, which may be edited and deleted later', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    const carol = await town.server.joins('carol');
    await ada.says('is the kiln free?');
    await bob.sees(/ada: is the kiln free\?$/);
    await bob.says('reply last <b>yes</b>');
    await bob.sees('sent:');
    await ada.hears('<b>yes</b>');
    const quote = ada.page.locator('#messages .quote');
    expect(await quote.allTextContents()).toEqual(['You: is the kiln free?']);

    await bob.says('broadcast tea at for');
    await bob.sees('sent:');
    for (const line of [/free\?$/, /yes<\/b>$/, /for$/]) await carol.sees(line);
    await carol.says('reply last fine');
    await carol.sees('sent:');
    await ada.hears('fine');
    await bob.sees(/fine$/);
    await bob.says('edit last tea at four');
    await quote.filter({ hasText: 'tea at four' }).waitFor();
    await bob.says('delete last');
    await quote.filter({ hasText: 'In reply to a deleted message' }).waitFor();

    await bob.says('me everyone lights the kiln');
    await bob.seesInOrder(/^edited:/, /^deleted:/, 'sent:');
    await ada.says('/me puts the kettle on');
    await bob.sees(/\] \* ada puts the kettle on$/);
    const actions = ada.page.locator('#messages .body.action');
    await actions.filter({ hasText: '* bob lights the kiln' }).waitFor();
    await actions.filter({ hasText: '* ada puts the kettle on' }).waitFor();

    await ada.page.reload();
    await actions.filter({ hasText: '* ada puts the kettle on' }).waitFor();
    await ada.hears('<b>yes</b>');
    await quote.filter({ hasText: 'In reply to a deleted message' }).waitFor();
  });
});
