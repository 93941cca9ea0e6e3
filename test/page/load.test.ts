import { describe, expect, test } from 'vitest';
import { busyDuring, FRAME } from '../support/busy.ts';
import { CROWD } from '../support/crowd.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** A plugin with a command that posts many messages from the server. */
const FLOOD = `
import { command, definePlugin, param, Rooms } from 'chatserv';

export default definePlugin({
  name: 'flood',
  summary: 'Posts many messages',
  needs: { rooms: Rooms },
  setup: ({ server, rooms }) => ({
    commands: [
      command({
        name: 'flood',
        summary: 'Posts many messages to a room',
        params: { room: param.room('where'), count: param.integer('how many') },
        async run({ account, values: { room, count } }) {
          const { id } = await rooms.find(room, account);
          for (let i = 1; i < count; i++) {
            const posted = server.post({ from: account, to: { room: id }, text: 'number ' + i });
            // Together they take a hundredth of the commits.
            if (i % 100 === 0) await posted;
          }
          await server.post({ from: account, to: { room: id }, text: 'number ' + count });
          return 'flooded:';
        },
      }),
    ],
  }),
});
`;

const CONFIG = {
  plugins: { './flood.ts': true, history: { catchUp: 50, announce: false }, 'offline-messages': true },
  limits: { linesPerSecond: 0, bytesPerSecond: 0 },
};

const SORTS = 10;

/** Sorts 5,000 names `SORTS` times, which tells how fast the machine is. */
const SORT = `
for (let round = 0; round < ${SORTS}; round++) {
  Array.from({ length: 5000 }, (_, i) => 'person' + ((i * 7919) % 5000)).sort((a, b) => a.localeCompare(b));
}`;

/** How many frames are scrolled. */
const FRAMES = 240;

/** How long the page may compute to show a page of messages, in milliseconds; all 10,000 take seconds. */
const JUMP = 500;

/** The bytes of the heap that are in use. */
async function heapOf({ page }: Visitor): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  await session.detach();
  return usedSize;
}

describe.skipIf(CHROMIUM === undefined)('under load', { timeout: 400_000 }, () => {
  test('the page is loaded with a few requests and less than 150 KB', async () => {
    await using town = await startTown();
    const ada = await town.arrives({ viewport: { width: 390, height: 844 } });
    const sizes = (await ada.page.evaluate(
      "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((one) => one.encodedBodySize)",
    )) as number[];
    expect(sizes.length).toBeLessThanOrEqual(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  });

  test('a room of 10,000 messages scrolls within a frame, and no row is rendered again, on a desk and on a phone', async () => {
    await using town = await startProgramTown(CONFIG, [], { 'flood.ts': FLOOD });
    const ada = await town.arrives({ viewport: { width: 1280, height: 800 } });
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.entry('#lab').waitFor({ state: 'attached' });
    await ada.page.keyboard.press('Escape');
    const bob = await town.server.joins('bob');
    await bob.says('join #lab', 'flood #lab 10000');
    await ada.entry('#lab').locator('.last', { hasText: 'number 10000' }).waitFor({ timeout: 120_000 });
    await ada.opens('#lab');
    // What is near the upper edge has earlier messages loaded.
    await ada.page.locator('#scroll').evaluate((view) => {
      const toTop = () => {
        if (document.querySelectorAll('#messages .message').length >= 10_000) return;
        view.scrollTop = view.scrollTop === 0 ? 1 : 0;
        requestAnimationFrame(toTop);
      };
      toTop();
    });
    await expect.poll(() => ada.messages.count(), { timeout: 300_000 }).toBeGreaterThanOrEqual(10_000);
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await ada.page.setViewportSize({ width, height });
      let rendered: unknown;
      const busy = await busyDuring(ada.page, async () => {
        rendered = await ada.page.evaluate(`new Promise((done) => {
        const view = document.querySelector('#scroll');
        view.scrollTop = 0;
        let changes = 0;
        const watch = new MutationObserver((records) => { changes += records.length; });
        watch.observe(document.querySelector('#messages'), { childList: true, subtree: true, characterData: true });
        let frames = 0;
        const step = () => {
          view.scrollTop += 100;
          if (++frames < ${FRAMES}) requestAnimationFrame(step);
          else done(changes + watch.takeRecords().length);
        };
        requestAnimationFrame(step);
      })`);
      });
      expect(rendered, `${width}x${height}`).toBe(0);
      expect(busy / FRAMES, `${width}x${height}`).toBeLessThan(FRAME);
    }
  });

  test('the first of 10,000 unread messages is shown with a page of those around it', async () => {
    await using town = await startProgramTown(CONFIG, [], { 'flood.ts': FLOOD });
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.entry('#lab').waitFor();
    const bob = await town.server.joins('bob');
    await bob.says('join #lab', 'flood #lab 10000');
    await ada.entry('#lab').locator('.last', { hasText: 'number 10000' }).waitFor({ timeout: 120_000 });
    await ada.opens('#lab');
    await ada.hears('number 10000');
    const busy = await busyDuring(ada.page, async () => {
      await ada.page.getByRole('button', { name: /new messages: go to the first/ }).click();
      await ada.hears('number 1');
    });
    const first = ada.page.locator('#messages .divider + .message .body');
    expect(await first.textContent()).toBe('number 1');
    await expect.poll(() => first.isVisible()).toBe(true);
    expect(await ada.messages.count()).toBeLessThan(200);
    expect(busy).toBeLessThan(JUMP);
  });

  test('5,000 people are narrowed down within a frame, or ten times as long as they take to sort', async () => {
    await using town = await startProgramTown({ plugins: { './crowd.ts': true } }, [], { 'crowd.ts': CROWD });
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.entry('person0000').waitFor();
    const field = ada.page.getByLabel('Find people and rooms');
    const ROUNDS = 10;
    for (const text of ['person43', '']) await field.fill(text);
    const busy = await busyDuring(ada.page, () =>
      field.evaluate(async (input, rounds) => {
        for (let i = 0; i < 2 * rounds; i++) {
          Object.assign(input, { value: i % 2 === 0 ? 'person43' : '' });
          input.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((done) => setTimeout(done, 50));
        }
      }, ROUNDS),
    );
    const sorting = await busyDuring(ada.page, () => ada.page.evaluate(SORT));
    // On a slow machine the second one counts: to render all of them takes many times that.
    expect(busy / ROUNDS / 2).toBeLessThan(Math.max(FRAME, (10 * sorting) / SORTS));
  });

  test('20,000 messages that arrive leave no more behind than 300', async () => {
    await using town = await startProgramTown(CONFIG, [], { 'flood.ts': FLOOD });
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.entry('#lab').waitFor();
    await ada.opens('#lab');
    const bob = await town.server.joins('bob');
    await bob.says('join #lab', 'flood #lab 2000');
    await ada.hears('number 2000');
    const before = await heapOf(ada);
    await bob.says('flood #lab 20000');
    await ada.messages.locator('.body', { hasText: /^number 20000$/ }).waitFor({ timeout: 200_000 });
    expect(await ada.messages.count()).toBe(300);
    const grown = (await heapOf(ada)) - before;
    expect(grown).toBeLessThan(2_000_000);
  });
});
