import { excerpt, lineIn } from 'chatserv';
import { expect, test } from 'vitest';

test.each([
  ['short', 'short'],
  ['  with blanks ', 'with blanks'],
  ['exactly twenty-four chars', 'exactly twenty-four char…'],
  ['twenty-four characters.', 'twenty-four characters.'],
  ['one word and then a blank more', 'one word and then a blan…'],
  ['👩‍👩‍👧'.repeat(30), `${'👩‍👩‍👧'.repeat(24)}…`],
  [`a${'\u0301'.repeat(500)}`, `a${'\u0301'.repeat(383)}…`],
  ['a\u001bb\nc', 'ab c'],
  ['', ''],
])('the excerpt of %j is %j', (text, shown) => {
  expect(excerpt(text)).toBe(shown);
});

test('what happened is shown with its room, if that has a name', () => {
  expect(lineIn({ roomName: 'lab' }, 'bob left')).toBe('#lab bob left');
  expect(lineIn({}, 'bob left')).toBe('bob left');
});
