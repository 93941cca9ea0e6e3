import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { PASSWORD } from '../support/program.ts';
import { startProgramTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('a link with an invitation', { timeout: 120_000 }, () => {
  test('shows who invites, registers, and leaves the address', async () => {
    await using town = await startProgramTown({ plugins: { registration: { invitation: 'optional' } } });
    await using folder = await Folder.with({});
    const { server, url } = town;
    const mo = await server.joins('mo');
    await folder.runs(['user', 'role', 'mo', 'moderator', '--config', server.configFile]);
    const [, code] = /^code:(\S+)$/.exec(await mo.asks('invitation')) ?? [];
    await server.configures({ plugins: { registration: { invitation: 'required' } } });
    await server.reloads();

    const ada = await town.arrives();
    await ada.page.goto(`${url}#invite=${code}`);
    await ada.page.reload();
    await ada.page.getByText('\u2068mo\u2069 invites you to this chat.').waitFor();
    await ada.tries('ada', PASSWORD, 'Make the account');
    await ada.composer.waitFor();
    expect(ada.page.url()).toBe(url);

    // It is used up.
    const eve = await town.arrives();
    await eve.page.goto(`${url}#invite=${code}`);
    await eve.page.reload();
    await eve.page.getByText('This invitation is not valid any more. Ask for another one.').waitFor();
    await eve.tries('eve', PASSWORD, 'Make the account');
    const sheet = eve.page.getByRole('dialog');
    await sheet.getByText('That invitation is not valid').waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await eve.page.locator('#login-problem', { hasText: 'That invitation is not valid' }).waitFor();
  });
});
