import { codeHash, newCode } from 'chatserv';
import { expect, test } from 'vitest';

test('a code has three groups of five unambiguous characters, and no two are alike', () => {
  const codes = Array.from({ length: 1000 }, newCode);
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(codes.join('')).size).toBe(33);
});

test.each(['k7qd0-1xh9w-rt4cf', 'K7QD01XH9WRT4CF', ' k7qdo ixh9w rt4cf ', 'K7QDO-LXH9W-RT4CF'])(
  '%j is K7QD0-1XH9W-RT4CF',
  (typed) => {
    expect(codeHash(typed)).toBe(codeHash('K7QD0-1XH9W-RT4CF'));
  },
);

test.each([
  '',
  'tea-at-four',
  'K7QD0-1XH9W-RT4C',
  'K7QD0-1XH9W-RT4CFF',
  'U7QD0-1XH9W-RT4CF',
  `K7QD0-1XH9W-RT4CF${' '.repeat(100)}`,
])('%j is no code', (typed) => {
  expect(codeHash(typed)).toBeUndefined();
});
