import type { IndexAnswer, IndexQuestion } from 'chatserv';
import fc from 'fast-check';
import type { TextChange } from '../../plugins/messages/search/text-index.ts';

/** A message, as indexes get it. */
export type Message = Extract<TextChange, readonly ['add', unknown]>[1];

/** A search of everything at once. */
export type Question = Omit<IndexQuestion, 'below' | 'limit' | 'time'>;

const WORDS = ['tea', 'kiln', 'free', 'noon', 'Café', '東京', '京'] as const;
const ROOMS = 30;

/** In milliseconds. */
const DAY = 86_400_000;

/** Most messages are in a few rooms, so that searches find some. */
const room = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: ROOMS }));

const message = fc.record({
  room,
  sender: fc.integer({ min: -2, max: 3 }),
  members: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), { nil: undefined }),
  time: fc.integer({ min: 0, max: 5 * DAY }),
  text: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
});

/** Messages with the ids from 1 on. */
export const messages: fc.Arbitrary<readonly Message[]> = fc
  .array(message, { minLength: 10, maxLength: 60, size: 'max' })
  .map((some) => some.map((one, i) => ({ ...one, id: i + 1 })));

export const question: fc.Arbitrary<Question> = fc.record({
  phrases: fc.uniqueArray(
    fc.constantFrom(['tea'], ['kiln'], ['free'], ['cafe'], ['京'], ['tea', 'kiln'], ['free', 'noon'], ['東', '京']),
    { minLength: 0, maxLength: 2 },
  ),
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

/** What a plain look at each message finds, latest first. */
export function expectedIds(messages: readonly Message[], asked: Question): number[] {
  const { phrases, sender, rooms, member, from = 0, to = Number.POSITIVE_INFINITY } = asked;
  const isIn = ({ id, room, members }: Message) => {
    const spans = rooms.filter(([one]) => one === room);
    if (spans.length > 0) return spans.some(([, since, until]) => since < id && (until === 0 || id < until));
    return member !== undefined && id > member.since && members?.includes(member.account) === true;
  };
  const split = (text: string) => ` ${text.replaceAll('Café', 'cafe').replaceAll('東京', '東 京')} `;
  return messages
    .filter(
      (one) =>
        phrases.every((phrase) => split(one.text).includes(` ${phrase.join(' ')} `)) &&
        (sender === undefined || one.sender === sender) &&
        one.time >= from &&
        one.time < to &&
        isIn(one),
    )
    .map(({ id }) => id)
    .reverse();
}

/** The ids that a search finds, in as many parts as it takes. */
export async function idsIn(search: (below: number) => IndexAnswer | Promise<IndexAnswer>): Promise<number[]> {
  const ids: number[] = [];
  for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined; ) {
    const { found, reached }: IndexAnswer = await search(below);
    ids.push(...found.map(([id]) => id));
    below = reached;
  }
  return ids;
}
