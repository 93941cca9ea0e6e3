import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expectedIds,
  idsIn,
  type Message,
  messages,
  type Question,
  question,
} from '../../../test/support/index-questions.ts';
import { FtsIndex } from './fts-index.ts';
import { openIndexFile } from './index-file.ts';
import { wordsIn } from './words.ts';

const WORDS = ['tea', 'kiln', 'free', 'noon'] as const;

function open(messages: readonly Message[], most = 1e9): FtsIndex {
  const index = new FtsIndex(openIndexFile(undefined, '', false), most);
  const changes = messages.map((message) => ['add', message] as const);
  index.apply({ after: 0, upTo: messages.at(-1)?.id ?? 0, time: 0, changes });
  return index;
}

/** The ids that a search finds, slice by slice. @param limit of each slice */
function search(index: FtsIndex, asked: Question, limit = 1000, narrow = false): Promise<number[]> {
  return idsIn((below) => index.search({ ...asked, below, limit, narrow }));
}

describe('a search', () => {
  test('finds the same in both ways, and in slices of any size, as a plain filter', async () => {
    await fc.assert(
      fc.asyncProperty(messages, question, fc.integer({ min: 1, max: 5 }), async (some, asked, limit) => {
        const index = open(some);
        const ids = expectedIds(some, asked);
        for (const narrow of [false, true]) {
          expect(await search(index, asked, 1000, narrow)).toEqual(ids);
          expect(await search(index, asked, limit, narrow)).toEqual(ids);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of any text is no error, and finds that text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), async (text) => {
        const index = open([{ id: 1, room: 1, sender: 1, time: 0, text }]);
        const asked = { phrases: [wordsIn(text)], rooms: [[1, 0, 0]] as const };
        for (const narrow of [false, true]) {
          expect(await search(index, asked, 1, narrow)).toEqual(
            asked.phrases[0]?.length === 0 ? expect.anything() : [1],
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the index', () => {
  test('ignores a batch that does not follow what it has', () => {
    const index = open([{ id: 1, room: 1, sender: 1, time: 0, text: 'tea' }]);
    const other = { id: 5, room: 1, sender: 1, time: 0, text: 'tea' };
    expect(index.apply({ after: 4, upTo: 5, time: 0, changes: [['add', other]] })).toEqual({
      cursor: 1,
      time: 0,
      count: 1,
    });
    expect(index.apply({ after: 1, upTo: 5, time: 7, changes: [['add', other]] })).toEqual({
      cursor: 5,
      time: 7,
      count: 2,
    });
    expect(index.apply({ after: 1, upTo: 5, time: 7, changes: [['add', other]] })).toEqual({
      cursor: 5,
      time: 7,
      count: 2,
    });
  });

  test('lets the oldest messages go when it is full, and forgets on demand', async () => {
    const index = open(
      WORDS.map((text, i) => ({ id: i + 1, room: 1, sender: 1, time: 0, text })),
      3,
    );
    expect(index.ids(0, 10)).toEqual([2, 3, 4]);
    index.forget([3, 99]);
    const changes = [2, 99].map((id) => ['edit', id, 7, 'noon'] as const);
    index.apply({ after: 4, upTo: 7, time: 0, changes });
    expect(index.state().count).toBe(2);
    expect(await search(index, { phrases: [['noon']], rooms: [[1, 0, 0]] })).toEqual([4, 2]);
    expect(await search(index, { phrases: [['kiln']], rooms: [[1, 0, 0]] })).toEqual([]);
  });
});
