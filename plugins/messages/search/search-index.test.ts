import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndexFile } from './index-file.ts';
import { type IndexedMessage, type IndexQuestion, SearchIndex } from './search-index.ts';

const WORDS = ['tea', 'kiln', 'free', 'noon'] as const;
const ROOMS = 30;

/** In milliseconds. */
const DAY = 86_400_000;

function open(messages: readonly IndexedMessage[], most = 1e9): SearchIndex {
  const index = new SearchIndex(openIndexFile(undefined, '', false), most);
  const changes = messages.map((message) => ['add', message] as const);
  index.apply({ after: 0, upTo: messages.at(-1)?.id ?? 0, time: 0, changes });
  return index;
}

/** The ids that a search finds, slice by slice. @param limit of each slice */
function search(index: SearchIndex, question: Omit<IndexQuestion, 'below' | 'limit'>, limit = 1000): number[] {
  const ids: number[] = [];
  for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined; ) {
    const { found, reached } = index.search({ ...question, below, limit });
    ids.push(...found.map(([id]) => id));
    below = reached;
  }
  return ids;
}

/** Most messages are in a few rooms, so that searches find some. */
const room = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: ROOMS }));

const message = fc.record({
  room,
  sender: fc.integer({ min: -2, max: 3 }),
  members: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), { nil: undefined }),
  time: fc.integer({ min: 0, max: 5 * DAY }),
  text: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
});

const question = fc.record({
  phrases: fc.uniqueArray(fc.constantFrom(...WORDS, 'tea kiln', 'free noon'), { minLength: 0, maxLength: 2 }),
  sender: fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined }),
  // With many rooms the index looks at each match first.
  rooms: fc.array(fc.tuple(room, fc.nat(20), fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 }))), {
    maxLength: 40,
    size: 'max',
  }),
  member: fc.option(fc.record({ account: fc.integer({ min: 1, max: 4 }), since: fc.nat(20) }), { nil: undefined }),
  from: fc.option(fc.integer({ min: 0, max: 5 * DAY }), { nil: undefined }),
  to: fc.option(fc.integer({ min: 0, max: 5 * DAY }), { nil: undefined }),
});

describe('a search', () => {
  test('finds the same in both ways, and in slices of any size, as a plain filter', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 10, maxLength: 60, size: 'max' }),
        question,
        fc.integer({ min: 1, max: 5 }),
        (some, asked, limit) => {
          const messages = some.map((one, i) => ({ ...one, id: i + 1 }));
          const index = open(messages);
          const { phrases, sender, rooms, member, from, to } = asked;
          const isIn = ({ id, room, members }: IndexedMessage) => {
            const spans = rooms.filter(([one]) => one === room);
            if (spans.length > 0) return spans.some(([, since, until]) => since < id && (until === 0 || id < until));
            return member !== undefined && id > member.since && members?.includes(member.account) === true;
          };
          const expected = messages.filter(
            (one) =>
              phrases.every((phrase) => ` ${one.text} `.includes(` ${phrase} `)) &&
              (sender === undefined || one.sender === sender) &&
              one.time >= (from ?? 0) &&
              one.time < (to ?? Number.POSITIVE_INFINITY) &&
              isIn(one),
          );
          const ids = expected.map(({ id }) => id).reverse();
          for (const narrow of [false, true]) {
            expect(search(index, { ...asked, narrow })).toEqual(ids);
            expect(search(index, { ...asked, narrow }, limit)).toEqual(ids);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of any text is no error', () => {
    const index = open([{ id: 1, room: 1, sender: 1, time: 0, text: 'tea' }]);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 3 }), (phrases) => {
        for (const narrow of [false, true]) search(index, { phrases, rooms: [[1, 0, 0]], narrow });
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

  test('lets the oldest messages go when it is full, and forgets on demand', () => {
    const index = open(
      WORDS.map((text, i) => ({ id: i + 1, room: 1, sender: 1, time: 0, text })),
      3,
    );
    expect(index.ids(0, 10)).toEqual([2, 3, 4]);
    index.forget([3, 99]);
    index.setText(2, 7, 'noon');
    index.setText(99, 7, 'noon');
    expect(index.state().count).toBe(2);
    expect(search(index, { phrases: ['noon'], rooms: [[1, 0, 0]] })).toEqual([4, 2]);
    expect(search(index, { phrases: ['kiln'], rooms: [[1, 0, 0]] })).toEqual([]);
  });
});
