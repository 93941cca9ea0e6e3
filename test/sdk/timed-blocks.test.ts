import { TimedBlocks, z } from 'chatserv';
import { expect, test } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

/** What `keep` of a set-up does while there is no reload. */
const hotState = <T>(_key: string, create: () => T): T => create();

test('what is stored of blocks is deleted once they are over, a few at a time', async () => {
  const clock = new VirtualClock();
  const { storage } = memoryStore(() => clock.now());
  const blocks = new TimedBlocks(storage, 'blocks', { clock, hotState });
  const stored = async () => (await storage.open('blocks', z.json()).list({ limit: 1000 })).map(({ key }) => key);
  for (let i = 0; i < 100; i++) await blocks.add(`short ${i}`, 10);
  for (let i = 0; i < 30; i++) await blocks.add(`long ${i}`, 1000);
  expect(await stored()).toHaveLength(130);
  clock.advance(10);
  for (let i = 0; i < 12; i++) {
    const before = (await stored()).length;
    await blocks.add('another', 1000);
    expect(before - (await stored()).length).toBeLessThanOrEqual(20);
  }
  expect((await stored()).filter((key) => key.startsWith('short'))).toEqual([]);
  expect(await stored()).toHaveLength(31);
  expect(await blocks.keys('long ')).toHaveLength(30);
});

test('a block is for its key, replaces an older one, and is ended alone', async () => {
  const clock = new VirtualClock();
  const { storage } = memoryStore(() => clock.now());
  const blocks = new TimedBlocks(storage, 'blocks', { clock, hotState }, 60);
  await blocks.add('a', 50);
  await blocks.add('a', 20);
  await blocks.add('b', 40);
  expect([await blocks.left('a'), await blocks.left('b'), await blocks.left('c')]).toEqual([20, 40, 0]);
  await blocks.remove('a');
  expect([await blocks.left('a'), await blocks.left('b')]).toEqual([0, 40]);
  const afterRestart = new TimedBlocks(storage, 'blocks', { clock, hotState }, 30);
  expect(await afterRestart.left('b')).toBe(30);
});
