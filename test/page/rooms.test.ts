import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('rooms on the page', { timeout: 120_000 }, () => {
  test('are created, found and joined in a sheet, and count what is unread', async () => {
    await using town = await startTown();
    const [ada, bob] = [await town.arrives(), await town.arrives()];
    await ada.registers('ada');
    await bob.registers('bob');
    await ada.page.getByRole('button', { name: 'Rooms', exact: true }).click();
    await ada.page.getByText('There are no rooms yet.').waitFor();
    await ada.page.getByLabel('New room').fill('lab');
    await ada.page.getByRole('button', { name: 'Create' }).click();
    await ada.page.locator('#talk-name', { hasText: '#lab' }).waitFor();

    await bob.page.getByRole('button', { name: 'Rooms', exact: true }).click();
    await bob.page.getByRole('button', { name: 'Join #lab' }).click();
    await bob.page.locator('#talk-name', { hasText: '#lab' }).waitFor();
    await ada.page.locator('#messages .happened', { hasText: 'bob joined' }).waitFor();
    await answered(await town.server.joins('דוד'), 'join #lab', /^joined:/);
    const told = ada.page.locator('#messages .happened span', { hasText: 'joined' }).last();
    await expect.poll(() => told.textContent()).toBe('דוד joined');
    expect(await told.evaluate((line) => getComputedStyle(line).direction)).toBe('ltr');
    await ada.says('who has the key?');
    await bob.hears('who has the key?');

    await bob.opens('Everyone');
    await ada.says('found it');
    await bob.entry('#lab').locator('.badge', { hasText: '1' }).waitFor();
    await bob.opens('#lab');
    await bob.hears('found it');
    await bob.entry('#lab').locator('.badge').waitFor({ state: 'detached' });
  });

  test('show earlier messages, also in another browser, and what was read there', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await bob.says('create #lab');
    await comes(bob, /^created:#lab$/);
    await ada.says('/join #lab');
    await comes(bob, /ada joined$/);
    for (let i = 1; i <= 70; i++) await bob.says(`message #lab number ${i}`);
    for (let i = 1; i <= 70; i++) await comes(bob, /^sent:$/);
    await ada.entry('#lab').locator('.badge', { hasText: '70' }).waitFor();

    const desk = await town.arrives();
    await desk.logsIn('ada');
    await desk.entry('#lab').locator('.badge', { hasText: '70' }).waitFor();
    await desk.opens('#lab');
    await desk.hears('number 70');
    await ada.entry('#lab').locator('.badge').waitFor({ state: 'detached' });
    await desk.page.locator('#scroll').evaluate((scroll) => scroll.scrollTo(0, 0));
    await desk.hears('number 1');
    expect((await desk.texts()).filter((text) => text.startsWith('number'))).toEqual(
      Array.from({ length: 70 }, (_, i) => `number ${i + 1}`),
    );
    await ada.says('/leave #lab');
    for (const one of [ada, desk]) await one.entry('#lab').waitFor({ state: 'detached' });
    await desk.page.locator('#talk-name', { hasText: 'Everyone' }).waitFor();
  });

  test('are all listed, after a login and before the next one, and so are conversations; those in sight are rendered', async () => {
    await using town = await startTown({
      plugins: { rooms: { maxCreated: 200 } },
      limits: { linesPerSecond: 0 },
    });
    const [ada, bob] = [await town.server.joins('ada'), await town.server.joins('bob')];
    await bob.says('message ada lunch?');
    await comes(ada, /bob: lunch\?$/);
    await ada.says('message bob at noon');
    for (let i = 1; i <= 200; i++) await ada.says(`create #room-${i}`);
    for (let i = 1; i <= 200; i++) await comes(ada, /^created:/);
    const desk = await town.arrives();
    const rooms = desk.page.getByRole('list', { name: 'Rooms' }).locator('li');
    const hasAll = async () => {
      await desk.page.locator('#talks').evaluate((list) => list.scrollTo(0, 0));
      await desk.entry('#room-1').waitFor();
      await expect.poll(() => rooms.first().getAttribute('aria-setsize'), { timeout: 15_000 }).toBe('200');
      expect(await rooms.count()).toBeLessThan(80);
      await desk.entry('Everyone').focus();
      await desk.page.keyboard.press('End');
      await desk.page.locator('.talk-button:focus', { hasText: 'bob' }).waitFor();
      await desk.entry('#room-200').waitFor();
    };
    await desk.logsIn('ada');
    await hasAll();
    await desk.page.keyboard.press('Home');
    await desk.page.locator('.talk-button:focus', { hasText: 'Everyone' }).waitFor();
    await desk.entry('#room-150').waitFor({ state: 'detached' });
    await desk.page.getByLabel('Find people and rooms').fill('room-150');
    await desk.entry('#room-150').click();
    await desk.page.locator('#talk-name', { hasText: '#room-150' }).waitFor();

    // Nothing answers the page after it is loaded again.
    await desk.page.routeWebSocket(/./, () => {});
    await desk.page.reload();
    await desk.page.locator('#me-state', { hasText: 'Not connected' }).waitFor();
    await hasAll();
  });

  test('show what messages say now, to their author and in another browser too', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await bob.says('create #lab');
    await comes(bob, /^created:#lab$/);
    await ada.says('/join #lab');
    await comes(bob, /ada joined$/);
    await ada.opens('#lab');
    await ada.says('helo');
    await comes(bob, /#lab ada: helo$/);
    await ada.says('/edit last hello');
    await ada.hears('hello');
    await ada.page.locator('#messages .edited').waitFor();
    await comes(bob, /ada edited "helo": hello$/);
    await bob.says('message #lab secret', 'message #lab at fuor');
    await ada.hears('secret');
    await bob.says('edit last at four');
    await ada.hears('at four');
    const shown = ada.page.locator('#messages .removed');
    const id = Number(/(\d+)$/.exec(await comes(bob, /^edited:/))?.[1]);
    await bob.says(`delete ${id - 1}`);
    await shown.waitFor();

    const desk = await town.arrives();
    await desk.logsIn('ada');
    await desk.opens('#lab');
    await desk.hears('at four');
    const texts = await desk.texts();
    expect(texts.filter((text) => /hel|secret|four|fuor|deleted/.test(text))).toEqual([
      'hello',
      'This message was deleted.',
      'at four',
    ]);
    expect(await desk.page.locator('#messages .edited').count()).toBe(2);
  });

  test('have their messages, even if a conversation with several people begins with one', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const [bob, carol] = [await town.server.joins('bob'), await town.server.joins('carol')];
    await ada.says('hello all');
    await bob.hears('ada', 'hello all');
    await carol.says('message (ada bob) lunch?');
    await ada.entry('bob, carol').locator('.badge', { hasText: '1' }).waitFor();
    await ada.opens('bob, carol');
    await ada.hears('lunch?');
    await ada.entry('bob, carol').locator('.badge').waitFor({ state: 'detached' });
    await ada.says('at noon');
    await bob.hears('carol', 'lunch?');
    await bob.hears('ada', 'at noon');
  });
});
