import type { Keeping, MessageLog, Room } from 'chatserv';
import { expect, test } from 'vitest';
import { inWords, RoomKeeping } from './keeping.ts';

const DAY = 86_400_000;

const room = (id: number, retention?: unknown): Room => ({
  id,
  kind: 'room',
  name: `room${id}`,
  facts: retention === undefined ? {} : { retention },
  size: 0,
});

test('a room keeps messages as its own fact says, within what the host allows', () => {
  const keeping = new RoomKeeping({ days: 30, messages: 100 }, { days: 60 });
  const cases: readonly (readonly [fact: unknown, Keeping])[] = [
    [undefined, { days: 30, messages: 100 }],
    [{ days: 7 }, { days: 7 }],
    [{ messages: 7 }, { days: 60, messages: 7 }],
    [
      { days: 90, messages: 500 },
      { days: 60, messages: 500 },
    ],
    ['forever', { days: 60 }],
    ['none', 'none'],
    // Facts that are no retention.
    ['always', { days: 30, messages: 100 }],
    [{ days: -1 }, { days: 30, messages: 100 }],
    [{ weeks: 1 }, { days: 30, messages: 100 }],
  ];
  for (const [fact, expected] of cases) expect(keeping.of(room(2, fact))).toEqual(expected);
  const free = new RoomKeeping({}, {});
  for (const fact of [undefined, 'forever', {}]) expect(free.of(room(2, fact))).toBe('forever');
});

test('the host allows no more than the most', () => {
  const keeping = new RoomKeeping({ days: 30, messages: 100 }, { days: 60, messages: 1000 });
  for (const wanted of ['none', { days: 60 }, { messages: 1000 }, { days: 1, messages: 1 }] as const) {
    expect(keeping.allows(wanted)).toBe(true);
  }
  for (const wanted of ['forever', { days: 60.5 }, { messages: 1001 }, { days: 1, messages: 1001 }] as const) {
    expect(keeping.allows(wanted)).toBe(false);
  }
  expect(new RoomKeeping({}, { days: 60 }).allows('forever')).toBe(false);
  expect(new RoomKeeping({}, {}).allows('forever')).toBe(true);
});

test('the log is told of every room with a retention of its own, however many there are', async () => {
  const all = Array.from({ length: 1100 }, (_, i) => room(i + 2, i % 2 === 0 ? { days: i + 1 } : undefined));
  all.push(room(2000, 'none'), room(2001, 'forever'));
  const rooms: MessageLog['rooms'] = async (after, limit) => all.filter(({ id }) => id > after).slice(0, limit);
  const keeping = new RoomKeeping({ days: 30, messages: 100 }, {});
  const { history, rooms: own } = await keeping.retention({ rooms }, 1000 * DAY);
  expect(history).toEqual({ before: 970 * DAY, most: 100 });
  expect(own.size).toBe(552);
  expect(own.get(2)).toEqual({ before: 999 * DAY, most: Number.POSITIVE_INFINITY });
  expect(own.has(3)).toBe(false);
  expect([own.has(2000), own.get(2000)]).toEqual([true, undefined]);
  expect(own.get(2001)).toEqual({ before: 0, most: Number.POSITIVE_INFINITY });
});

test.each<[Keeping, string]>([
  ['forever', 'messages are kept'],
  ['none', 'messages are not kept once everyone has received them'],
  [{ days: 1 }, 'messages are kept for 1 day'],
  [{ days: 30, messages: 5000 }, 'messages are kept for 30 days, at most 5,000'],
  [{ days: 0.25 }, 'messages are kept for 6 hours'],
  [{ days: 1 / 86_400 }, 'messages are kept for 1 minute'],
  [{ messages: 5000 }, 'the latest 5,000 messages are kept'],
  [{ messages: 1 }, 'only the latest message is kept'],
])('the retention %j in words', (keeping, words) => expect(inWords(keeping)).toBe(words));
