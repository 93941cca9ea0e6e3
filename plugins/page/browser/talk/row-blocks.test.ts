import { expect, test } from 'vitest';
import type { Screen } from '../model/screen.ts';
import { type Entry, newTalk } from '../model/talk.ts';
import { RowBlocks } from './row-blocks.tsx';

const NOON = new Date(2026, 10, 28, 12).getTime();

const message = (id: number, more: Partial<Entry> = {}): Entry => ({
  key: id,
  id,
  from: 'bob',
  mine: false,
  text: `number ${id}`,
  time: NOON,
  ...more,
});

/** Renders a conversation again. @returns which of its blocks were made anew */
function rendering(count: number) {
  const news = { first: { value: undefined as number | undefined } };
  const rows = new RowBlocks({ news } as unknown as Screen);
  const talk = newTalk(['#lab']);
  for (let id = 1; id <= count; id++) talk.entries.push(message(id));
  let before: readonly unknown[] = rows.render(talk, talk.entries);
  const renews = () => {
    const blocks = rows.render(talk, talk.entries);
    const renewed = blocks.flatMap((block, index) => (before.includes(block) ? [] : [index]));
    before = blocks;
    return renewed;
  };
  return { talk, news, renews };
}

test('of 10,000 messages only the last block is made again when one arrives', () => {
  const { talk, renews } = rendering(10_000);
  talk.entries.push(message(10_001));
  // The one before follows another message now.
  expect(renews()).toEqual([499, 500]);
  talk.entries.push(message(10_002));
  expect(renews()).toEqual([500]);
});

test('blocks are made again when a message in them changes, or one that they answer', () => {
  const { talk, renews } = rendering(100);
  talk.entries.push(message(101, { reply: 25 }));
  for (let id = 102; id <= 200; id++) talk.entries.push(message(id));
  renews();
  Object.assign(talk.entries[24] ?? {}, { text: 'edited', change: 'edited', version: 1 });
  expect(renews()).toEqual([1, 5, 9]);
  talk.entries.splice(45, 1);
  expect(renews()).toEqual([2, 9]);
});

test('an earlier page changes the block that it comes before', () => {
  const { talk, renews } = rendering(100);
  talk.entries.unshift(...Array.from({ length: 40 }, (_, i) => message(1_000 + i)));
  expect(renews()).toEqual([0, 1, 2, 6]);
});

test('a note and the divider of new messages make all blocks again', () => {
  const { talk, news, renews } = rendering(60);
  expect(renews()).toEqual([2]);
  talk.notes = [{ key: 1_000, after: 30, typed: '/who', lines: [], isProblem: false }];
  expect(renews()).toEqual([0, 1, 2]);
  news.first.value = 35;
  expect(renews()).toEqual([0, 1, 2]);
});
