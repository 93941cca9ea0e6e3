import { expect, test } from 'vitest';
import { objectionTo } from './policy.ts';

const LENGTHS = { minLength: 8, maxLength: 256 };

test.each([
  ['tea-at4', 'too-short'],
  ['ééééééé', 'too-short'],
  ['x'.repeat(257), 'too-long'],
  ['tea\tat\tfour', 'characters'],
  ['tea-at-four\u0000', 'characters'],
  ['tea-at-four\ud800', 'characters'],
  ['password', 'common'],
  ['PassWord1', 'common'],
  ['qwertyuiop', 'common'],
  ['Theodora', 'like-the-name'],
  ['ａrodoeht', 'like-the-name'],
  ['theodora1984!', 'like-the-name'],
  ['theodoratheodora', 'like-the-name'],
])('%j cannot be the password of theodora: %s', async (secret, reason) => {
  expect(await objectionTo('theodora', secret, LENGTHS)).toBe(reason);
});

test.each([
  'tea-at-four',
  `${'x'.repeat(250)}teapot`,
  '漢字漢字漢字漢字',
  'théodora tea',
  'theodora 12345678',
  '😀'.repeat(8),
])('%j can', async (secret) => {
  expect(await objectionTo('theodora', secret, LENGTHS)).toBeUndefined();
});

test('a name of one or two letters does not make every password like it', async () => {
  expect(await objectionTo('a', 'a-8273-6481', LENGTHS)).toBeUndefined();
  expect(await objectionTo('an', 'banana-tree', LENGTHS)).toBeUndefined();
});
