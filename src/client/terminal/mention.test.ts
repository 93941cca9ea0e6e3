import { expect, test } from 'vitest';
import { mentions } from './mention.ts';

test.each([
  ['thanks, Bob!', true],
  ['BOB?', true],
  ['bobby is here', false],
  ['', false],
])('%j mentions bob: %j', (text, named) => {
  expect(mentions(text, 'bob')).toBe(named);
});

test('a name that contains pattern characters is matched literally', () => {
  expect(mentions('hi c++.', 'C++')).toBe(true);
  expect(mentions('hi ccc', 'c++')).toBe(false);
});
