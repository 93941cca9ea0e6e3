import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatten, unflatten } from './flat.ts';

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 250, max: 260 }).map((length) => 'x'.repeat(length)),
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

test('a batch of appends is cloned as two values', () => {
  const append = ['append', [[[1, 2], 'message', 1, 1, 1, 'alice', '', 'hi', null, null, 1, null]], undefined];
  const flat = flatten(Array.from({ length: 100 }, () => append));
  expect(flat.map((part) => Object.prototype.toString.call(part))).toEqual([
    '[object String]',
    '[object Float64Array]',
  ]);
});
