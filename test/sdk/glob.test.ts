import { glob } from 'chatserv';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('a pattern matches as the same regular expression does', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '𝒳'), maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '𝒳'), maxLength: 12 });
  fc.assert(
    fc.property(pattern, text, (wanted, found) => {
      const source = wanted.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(glob(wanted)(found)).toBe(new RegExp(`^${source}$`, 'u').test(found));
    }),
    { numRuns: 2000 },
  );
});

test('many stars take no longer than the lengths allow', () => {
  expect(glob('*a'.repeat(2000))('a'.repeat(1999))).toBe(false);
});
