import { NumberedValues, type Storage, z } from 'chatserv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

const GROUPS = ['1', '7', '70', 'server'];

function opened() {
  const { storage } = memoryStore(Date.now) as { storage: Storage };
  return storage.open('numbers', z.string());
}

test('values are listed by group, in the order of their numbers, whatever was set and taken', async () => {
  const step = fc.record({
    group: fc.constantFrom(...GROUPS),
    number: fc.oneof(fc.nat(20), fc.maxSafeNat()),
    value: fc.option(fc.string(), { nil: undefined }),
  });
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(20), async (steps, after) => {
    const values = new NumberedValues(opened());
    const model = new Map(GROUPS.map((group) => [group, new Map<number, string>()]));
    for (const { group, number, value } of steps) {
      const before = model.get(group)?.get(number);
      if (value !== undefined) await values.update(group, number, () => value);
      else expect(await values.take(group, number)).toBe(before);
      if (value === undefined) model.get(group)?.delete(number);
      else model.get(group)?.set(number, value);
    }
    for (const [group, expected] of model) {
      const all = [...expected].map(([number, value]) => ({ number, value })).sort((a, b) => a.number - b.number);
      expect(await values.list(group, 1000)).toEqual(all);
      expect(await values.list(group, 2, after)).toEqual(all.filter(({ number }) => number > after).slice(0, 2));
    }
    const groups = GROUPS.filter((group) => model.get(group)?.size !== 0);
    expect([...(await values.groups())].sort()).toEqual(groups);
  });
  await fc.assert(property, { numRuns: 100 });
});

test('a group that is added later is among the groups', async () => {
  const values = new NumberedValues(opened());
  expect(await values.groups()).toEqual([]);
  await values.update(7, 1, () => 'one');
  expect(await values.groups()).toEqual(['7']);
  expect(await values.get(7, 1)).toBe('one');
});
