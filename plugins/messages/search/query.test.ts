import { describe, expect, test } from 'vitest';
import { parseQuery } from './query.ts';

describe('a query', () => {
  test.each([
    ['tea', { phrases: ['tea'] }],
    ['  two   words ', { phrases: ['two', 'words'] }],
    ['"is the kiln" free?', { phrases: ['is the kiln', 'free?'] }],
    ['“curly quotes”', { phrases: ['curly quotes'] }],
    ['one"two three"four', { phrases: ['one', 'two three', 'four'] }],
    ['""', undefined],
    ['- ! …', undefined],
    ['- tea !', { phrases: ['tea'] }],
    ['👍', { phrases: ['👍'] }],
    ['東京', { phrases: ['東京'] }],
    ['from:alice', { phrases: [], from: 'alice' }],
    ['FROM:@alice tea', { phrases: ['tea'], from: 'alice' }],
    ['in:#lab', { phrases: [], in: '#lab' }],
    ['in:@bob', { phrases: [], in: 'bob' }],
    ['in:(bob @carol) tea', { phrases: ['tea'], in: ['bob', 'carol'] }],
    ['tea before:2026-11-01', { phrases: ['tea'], before: Date.parse('2026-11-01') }],
    ['tea after:2026-11-01', { phrases: ['tea'], after: Date.parse('2026-11-02') }],
    ['tea before:4711 before:2026-11-01', { phrases: ['tea'], before: Date.parse('2026-11-01'), beforeId: 4711 }],
    ['tea limit:50', { phrases: ['tea'], limit: 50 }],
    ['at 12:30 on https://example.com/from:here', { phrases: ['at', '12:30', 'on', 'https://example.com/from:here'] }],
    ['note:this', { phrases: ['note:this'] }],
  ])('%j', (text, query) => {
    const parsed = parseQuery(text);
    if (query === undefined) expect(parsed).toMatchObject({ kind: 'refusal', reason: 'args' });
    else expect(parsed).toEqual(query);
  });

  test.each([
    '"open',
    'tea "open',
    'from:',
    'from: alice',
    'from:(alice bob)',
    'in:()',
    'in:',
    'after:',
    'after:4711',
    'before:2026-02-30',
    'after:2026-1-1',
    'before:1e3',
    'limit:0',
    'limit:x',
    'limit:-1',
    'from:alice from:bob',
    'before:4 before:5 tea',
    'before:2026-01-01',
    'limit:5',
    '',
  ])('that is wrong is refused with a sentence: %j', (text) => {
    expect(parseQuery(text)).toMatchObject({
      kind: 'refusal',
      reason: 'args',
      sentence: expect.stringMatching(/[.\w]$/),
    });
  });
});
