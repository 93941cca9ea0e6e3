import { expect, test } from 'vitest';
import { historyIn } from '../history.ts';
import { changeBy, messageCommand } from './message-commands.ts';
import { searchHitsIn } from './search-hits.ts';

test.each([
  ['edit', 'last at four', { message: 'own', rest: 'at four' }],
  ['react', 'last 👍', { message: 'others', rest: '👍' }],
  ['reply', '904  yes', { message: 904, rest: 'yes' }],
  ['delete', 'last', { message: 'own', rest: '' }],
  ['edit', 'lasting peace', undefined],
  ['search', 'last', undefined],
  ['constructor', 'last', undefined],
])('%s %j is about %j', (name, text, command) => {
  expect(messageCommand(name, text)).toEqual(command);
});

test('an answered command changes its message as the entry that others get does', () => {
  const changed = { id: 905, kind: 'edit', from: 'alice', of: 904, data: { text: 'at four', on: false } };
  expect(changeBy('alice', 'edit', { message: 904, id: 905, text: 'at four' })).toEqual(changed);
  const taken = { id: 0, kind: 'reaction', from: 'alice', of: 904, data: { emoji: '👍', on: false } };
  expect(changeBy('alice', 'unreact', { message: 904, emoji: '👍' })).toEqual(taken);
  expect(changeBy('alice', 'reactions', { message: 904 })).toBeUndefined();
  expect(changeBy('alice', 'edit', {})).toBeUndefined();
});

test('facts of another form have no hits and no messages', () => {
  expect(searchHitsIn({})).toBeUndefined();
  expect(searchHitsIn({ hits: [null, {}, { message: { id: 1, from: 'bob' }, place: { room: 2 } }] })?.hits).toEqual([]);
  const broken = [null, 7, { type: 'message', id: 1, from: 'bob', time: 'never', text: '' }, { type: 'entry', id: 2 }];
  expect(historyIn({ entries: broken, more: 'yes' })).toEqual({
    entries: [],
    changes: [],
    hasEarlier: false,
    hasLater: false,
  });
});
