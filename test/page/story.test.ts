import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { online } from '../support/online-terminal.ts';
import { hasTmux } from '../support/tmux.ts';
import { startProgramTown } from '../support/town.ts';
import { CHROMIUM, PHONE, type Visitor } from '../support/visitor.ts';

/** Users who join a room are not told how long messages stay. */
const QUIET = { history: { announce: false } };

/** Chooses something in the menu of a message. */
async function chooses(visitor: Visitor, message: string, name: string): Promise<void> {
  const row = visitor.messages.filter({ hasText: message });
  await row.hover();
  await row.locator('.act').click();
  await visitor.page.getByRole('menuitem', { name, exact: true }).click();
}

describe.skipIf(CHROMIUM === undefined || !hasTmux)('a desk, a phone, a terminal and nc', { timeout: 180_000 }, () => {
  test('share a room in which nothing is lost or doubled, while the server is killed', async () => {
    await using town = await startProgramTown({ plugins: QUIET }, [/ERR_CONNECTION_|Connection closed|WebSocket/]);
    const { server } = town;
    // It comes back on the same ports.
    const tcp = { host: server.host, port: server.port };
    await server.configures({ plugins: { ...QUIET, tcp, http: { port: Number(new URL(town.url).port) } } });
    const [ada, bea] = [await town.arrives(), await town.arrives(PHONE)];
    await ada.registers('ada');
    await bea.registers('bea');
    await server.registers('carl');
    await ada.page.getByRole('button', { name: 'Rooms', exact: true }).click();
    await ada.page.getByLabel('New room').fill('lab');
    await ada.page.getByRole('button', { name: 'Create' }).click();
    await ada.page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    await bea.page.locator('#back').tap();
    await bea.page.getByRole('button', { name: 'Rooms', exact: true }).tap();
    await bea.page.getByRole('button', { name: 'Join #lab' }).tap();
    await bea.page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    const dan = await server.joins('dan');
    await answered(dan, 'join #lab', /^joined:/);
    await using carl = await online(server, 'carl');
    await carl.enters('/join #lab');
    await comes(dan, /carl joined$/);

    await ada.says('is the kiln fre?');
    await bea.hears('is the kiln fre?');
    await chooses(ada, 'fre?', 'Edit');
    await ada.says('is the kiln free?');
    await bea.hears('is the kiln free?');
    await bea.messages.filter({ hasText: 'free?' }).locator('.act').tap();
    await bea.page.getByRole('menuitem', { name: 'React with 👍' }).tap();
    await ada.messages.locator('.reaction', { hasText: '👍 1' }).waitFor();
    await comes(dan, /bea reacted 👍/);
    await chooses(ada, 'free?', 'Reply');
    await ada.says('it is for me');
    await comes(dan, /ada: \(ada: "is the kiln free\?"\) it is for me$/);
    await carl.shows('it is for me');
    await carl.enters('from noon on');
    await bea.hears('from noon on');
    await bea.page.locator('#back').tap();
    await answered(dan, 'message #lab @bea and you?', /^sent:$/);
    await bea.entry('#lab').locator('.badge.mention', { hasText: '@1' }).waitFor();
    await ada.hears('@bea and you?');

    await ada.says('one', 'two', 'three');
    await server.kill();
    await ada.page.locator('#banner-text', { hasText: 'Trying again in' }).waitFor();
    await ada.says('sent while it was down');
    await carl.shows('Reconnecting.');
    await carl.enters('and so was this');
    await server.start();
    const again = await server.returns('dan');
    for (const { page } of [ada, bea]) {
      // Whether by itself or by the button, whichever comes first.
      await page
        .getByRole('button', { name: 'Try now' })
        .click({ timeout: 1_000 })
        .catch(() => {});
    }
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    await ada.hears('and so was this');
    await comes(again, /sent while it was down$/);
    await bea.entry('#lab').locator('.badge.mention').waitFor();
    await bea.entry('#lab').tap();
    await bea.hears('and so was this');
    await bea.hears('sent while it was down');
    const said = ['is the kiln free?', 'it is for me', 'from noon on', '@bea and you?', 'one', 'two', 'three'];
    const all = [...said, 'and so was this', 'sent while it was down'].sort();
    for (const visitor of [ada, bea]) {
      await expect.poll(() => visitor.page.locator('.message.waiting').count()).toBe(0);
      expect((await visitor.texts()).toSorted(), visitor.name).toEqual(all);
    }
    expect(await bea.texts()).toEqual(await ada.texts());
    expect(await bea.page.locator('#messages .quote').allTextContents()).toEqual(['ada: is the kiln free?']);
    await bea.messages.locator('.reaction', { hasText: '👍 1' }).waitFor();
    const screen = await carl.shows('sent while it was down');
    const heard = screen.split('\n').flatMap((row) => /^\d\d:\d\d \w+: (.*)$/.exec(row)?.[1] ?? []);
    const later = all.filter((text) => !/kiln|it is for me/.test(text));
    expect(heard.filter((text) => later.includes(text)).toSorted()).toEqual(later);
  });
});
