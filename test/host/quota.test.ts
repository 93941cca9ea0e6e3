import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Quota } from 'chatserv';
import { expect, test } from 'vitest';

const rule = { most: 3, time: 60 };
const SECOND = 1000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a quota allows so much at once, and as much again within the time', () => {
  const quota = new Quota();
  for (let i = 0; i < 3; i++) expect(quota.take('a', rule, 0)).toBe(0);
  expect(quota.take('a', rule, 0)).toBe(20);
  expect(quota.take('b', rule, 0)).toBe(0);
  expect(quota.wait('a', rule, 15 * SECOND)).toBe(5);
  expect(quota.take('a', rule, 20 * SECOND)).toBe(0);
  expect(quota.take('a', rule, 20 * SECOND)).toBe(20);
  for (let i = 0; i < 3; i++) expect(quota.take('a', rule, 200 * SECOND)).toBe(0);
  expect(quota.take('a', rule, 200 * SECOND)).toBeGreaterThan(0);
  quota.giveBack('a');
  expect(quota.take('a', rule, 200 * SECOND)).toBe(0);
  expect(quota.take('a', rule, 200 * SECOND)).toBe(20);
});

test('a clock that is put back gives nobody more, and takes nothing away', () => {
  const quota = new Quota();
  for (let i = 0; i < 3; i++) quota.take('a', rule, 1000 * SECOND);
  expect(quota.wait('a', rule, 0)).toBe(20);
  expect(quota.wait('a', rule, 15 * SECOND)).toBe(5);
  expect(quota.take('a', rule, 20 * SECOND)).toBe(0);
});

test('what is to be waited is in whole seconds, as Retry-After wants it, and enough', () => {
  const quota = new Quota();
  const odd = { most: 7, time: 60 };
  for (let i = 0; i < 7; i++) quota.take('a', odd, 0);
  for (let now = 40; now < 5 * SECOND; now += 40) {
    const wait = quota.wait('a', odd, now);
    expect(wait).toBe(Math.ceil(60 / 7 - now / 1000));
    expect(quota.wait('a', odd, now + wait * SECOND)).toBe(0);
  }
});

test('another rule counts what was taken before', () => {
  const quota = new Quota();
  for (let i = 0; i < 3; i++) quota.take('a', rule, 0);
  expect(quota.wait('a', { most: 2, time: 60 }, 0)).toBe(60);
  expect(quota.wait('a', { most: 4, time: 60 }, 0)).toBe(0);
});

test('however many keys there are, the memory is bounded, and those used last are remembered', () => {
  const quota = new Quota();
  const once = { most: 1, time: 60 };
  for (let i = 0; i < 250_000; i++) quota.take(`key ${i}`, once, 0);
  expect(quota.wait('key 0', once, 0)).toBe(0);
  expect(quota.wait('key 149999', once, 0)).toBe(0);
  expect(quota.wait('key 150000', once, 0)).toBe(60);
});

test('one key that is used again and again takes no more memory', () => {
  const quota = new Quota();
  const before = heapAfter(quota, 1000);
  expect(heapAfter(quota, 500_000) - before).toBeLessThan(5_000_000);
});

/** The bytes of the heap in use after so many uses of one key. */
function heapAfter(quota: Quota, uses: number): number {
  for (let i = 0; i < uses; i++) quota.take('a', rule, i * 60 * SECOND);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
