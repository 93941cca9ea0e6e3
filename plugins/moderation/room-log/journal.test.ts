import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../stores/memory/store.ts';
import { Journal } from './journal.ts';

const START = Date.UTC(2026, 0);

test('has each act once, the latest first, in whatever order and however often it was noted', async () => {
  const acts = fc.uniqueArray(fc.record({ entry: fc.nat(3000), after: fc.nat(5) }), {
    selector: ({ entry }) => entry,
    maxLength: 30,
  });
  const property = fc.asyncProperty(
    acts,
    fc.func(fc.nat()),
    fc.integer({ min: 1, max: 7 }),
    async (all, shuffle, size) => {
      const journal = new Journal(memoryStore(() => START).storage, { days: 1, maxActs: 1000 });
      const noted = all.map(({ entry, after }) => ({ by: 1, time: START + after, entry, act: { change: 'created' } }));
      const twice = [...noted, ...noted].toSorted((a, b) => shuffle(a) - shuffle(b));
      for (const act of twice) await journal.add(7, act, act.entry);
      const found: number[] = [];
      let before: number | undefined;
      for (;;) {
        const page = await journal.list(7, size, START, before);
        found.push(...page.map(({ entry = 0 }) => entry));
        before = page.at(-1)?.number;
        if (page.length < size) break;
      }
      expect(found.toSorted()).toEqual(noted.map(({ entry }) => entry).toSorted());
      const timeOf = (entry: number) => noted.find((one) => one.entry === entry)?.time ?? 0;
      const times = found.map(timeOf);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    },
  );
  await fc.assert(property, { numRuns: 50 });
});
