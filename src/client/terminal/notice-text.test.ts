import { expect, test } from 'vitest';
import { noticeText } from './notice-text.ts';

test.each([
  ['#lab *server*: bob joined', '#lab', 'bob joined'],
  ['#lab bob asks: tea?', '#lab', 'bob asks: tea?'],
  ['#lab *server*: 2 open reports: reports #lab', 'everyone', '#lab: 2 open reports: reports #lab'],
  ['#lab *server*: 2 open reports: reports #lab', '#lab', '2 open reports: reports #lab'],
  ['*server*: alice reported message 11 of bob', 'everyone', 'alice reported message 11 of bob'],
  ['bob edited "helo": hello', 'bob', 'bob edited "helo": hello'],
])('%s, in the window %s', (line, title, shown) => {
  expect(noticeText(line, title)).toBe(shown);
});
