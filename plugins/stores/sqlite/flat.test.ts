import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatten, unflatten } from './flat.ts';

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 0, max: 2100 }).map((length) => 'x'.repeat(length)),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(undefined, null, true, false, -0, 0, ''),
    fc.uint8Array(),
    fc.record({ name: fc.string(), id: fc.nat() }, { noNullPrototype: true }),
    fc.array(tie('value')),
  ),
})).value;

test('a value is the same after it was flattened, cloned and restored', () => {
  fc.assert(
    fc.property(value, (value) => {
      expect(unflatten(structuredClone(flatten(value)))).toStrictEqual(value);
    }),
  );
});

test('a value may be larger than any before it, and the next one is not affected', () => {
  const large = Array.from({ length: 100_000 }, (_, i) => [i, `text ${i}`, -i, undefined]);
  expect(unflatten(flatten(large))).toStrictEqual(large);
  expect(unflatten(flatten(['small']))).toStrictEqual(['small']);
});

test('a batch of appends is cloned as an array of numbers and few strings, of which none holds much of the others', () => {
  const append = ['append', [[[1, 2], 'message', 1, 1, 1, 'alice', '', 'hi', null, null, 1, null]], undefined];
  const [texts, codes, ...others] = flatten(Array.from({ length: 1000 }, () => append));
  expect(codes).toBeInstanceOf(Float64Array);
  expect(others).toEqual([]);
  expect(texts.length).toBeLessThan(30);
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(1024);
});
