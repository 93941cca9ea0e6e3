import { describe, expect, test } from 'vitest';
import type { KnownRoom, Received } from '../owner.ts';
import { MessageItem } from './message-item.ts';
import { type StatusEntry, statusLine } from './status-line.ts';
import { sentMessage, Window, type WindowView } from './window.ts';
import { Windows } from './windows.ts';

const received = (message: Partial<Received> = {}): Received => ({
  id: 1,
  from: 'bob',
  audience: 'named',
  room: 5,
  text: 'hi',
  time: new Date(0),
  repeat: false,
  waited: false,
  ...message,
});

const room = (listed: Partial<KnownRoom>): KnownRoom => ({
  id: 5,
  kind: 'direct',
  marker: 0,
  unread: 0,
  mentions: 0,
  level: 'all',
  ...listed,
});

const view: WindowView = { message: ({ text, reactions }) => [reactions === '' ? text : `${text} ${reactions}`] };

const titles = ({ all }: Windows) => all.map(({ title }) => title);

describe('windows', () => {
  test('are those of the rooms, of conversations with unread messages, and of messages as they come', () => {
    const windows = new Windows();
    windows.listed(room({ id: 1, kind: 'everyone' }));
    windows.listed(room({ id: 7, kind: 'room', name: '#lab' }));
    windows.listed(room({ id: 8, members: ['carol'] }));
    windows.listed(room({ id: 9, members: ['dave', 'erin'], unread: 2 }));
    expect(windows.of(received()).title).toBe('bob');
    expect(windows.of(received({ audience: 'room', room: 7, roomName: '#lab' })).title).toBe('#lab');
    expect(windows.of(received({ audience: 'everyone', room: undefined })).title).toBe('everyone');
    expect(titles(windows)).toEqual(['everyone', '#lab', 'dave,erin', 'bob']);
    windows.listed(room({ id: 7, kind: 'room', name: '#labs' }));
    expect(titles(windows)).toEqual(['everyone', '#labs', 'dave,erin', 'bob']);
  });

  test('of a conversation are the same, however it was opened and its names are written', () => {
    const windows = new Windows();
    const opened = windows.to(['Bob']);
    expect(windows.of(received())).toBe(opened);
    expect(opened.room).toBe(5);
    expect(windows.to(['bob', 'carol'])).toBe(windows.to(['carol', 'BOB']));
  });

  test('of a conversation of three are joined once its members are known', () => {
    const windows = new Windows();
    const group = windows.to(['bob', 'carol']);
    group.draft = ['hel', 'lo'];
    windows.to(['bob'], 4);
    const provisional = windows.of(received({ room: 6, text: 'to both of you' }));
    provisional.add(new MessageItem(received({ room: 6, text: 'to both of you' }), 'elsewhere'));
    windows.show(group);
    windows.listed(room({ id: 6, members: ['bob', 'carol'], unread: 1 }));
    expect(titles(windows)).toEqual(['everyone', 'bob', 'bob,carol']);
    expect(windows.current.rows(view)).toEqual(['to both of you']);
    expect(windows.current.draft).toEqual(['hel', 'lo']);
  });

  test('are turned in a circle, and closing one shows the one before', () => {
    const windows = new Windows();
    const [lab, bob] = [windows.to(['#lab']), windows.to(['bob'])];
    expect(windows.beside(-1)).toBe(bob);
    windows.show(lab);
    windows.show(bob);
    expect(windows.beside(1)).toBe(windows.everyone);
    windows.close(bob);
    expect(windows.current).toBe(lab);
    windows.close(lab);
    windows.close(windows.everyone);
    expect(windows.current).toBe(windows.everyone);
  });
});

describe('a window', () => {
  test('shows each message once, with earlier pages above', () => {
    const window = new Window(['bob'], 5);
    window.add(() => ['greeting'], new MessageItem(received({ id: 4, text: 'four' }), 'elsewhere'));
    const page = {
      entries: [3, 4].map((id) => received({ id, text: `${id}` })),
      changes: [],
      hasEarlier: true,
      hasLater: false,
    };
    window.prepend(page, () => () => []);
    window.add(new MessageItem(received({ id: 4 }), 'elsewhere'));
    expect(window.rows(view)).toEqual(['3', 'greeting', 'four']);
    expect([window.oldest, window.latest, window.hasEarlier]).toEqual([3, 4, true]);
    window.prepend({ entries: [], changes: [], hasEarlier: false, hasLater: false }, () => () => []);
    expect(window.hasEarlier).toBe(false);
  });

  test('applies edits, reactions and deletions, the latest edit last', () => {
    const window = new Window(['bob'], 5);
    window.add(sentMessage('alice', ['bob'], 'fuor', { id: 4, room: 5 }));
    const change = (id: number, kind: string, data?: unknown, from = 'bob') => {
      window.change({ id, kind, from, of: 4, data });
      return window.rows(view);
    };
    expect(change(6, 'edit', { text: 'four' })).toEqual(['four (edited)']);
    expect(change(5, 'edit', { text: 'foru' })).toEqual(['four (edited)']);
    expect(change(7, 'reaction', { emoji: '👍', on: true })).toEqual(['four (edited) 👍']);
    expect(change(8, 'reaction', { emoji: '👍', on: true }, 'carol')).toEqual(['four (edited) 👍 2']);
    expect(change(9, 'reaction', { emoji: '👍', on: false })).toEqual(['four (edited) 👍']);
    expect(change(10, 'redaction')).toEqual(['(deleted)']);
    expect(window.change({ id: 11, kind: 'poll', from: 'bob', of: 4 })).toBeUndefined();
    expect(window.change({ id: 12, kind: 'edit', from: 'bob', of: 99, data: { text: 'no' } })).toBeUndefined();
  });

  test('that missed messages loads them, with a mention among them in its place', () => {
    const window = new Window(['#lab'], 7);
    const item = (id: number) => new MessageItem(received({ id, text: `${id}` }), 'elsewhere');
    window.add(item(2), item(3));
    window.leaveGap({ kind: 'gap', data: { after: 3, before: 9, count: 5 } });
    window.add(() => ['5 new'], item(6), item(9));
    expect(window.oldest).toBe(9);
    const page = (...ids: number[]) => ({
      entries: ids.map((id) => received({ id, text: `${id}` })),
      changes: [],
      hasEarlier: true,
      hasLater: false,
    });
    window.prepend(page(5, 6, 7, 8), () => () => []);
    expect(window.rows(view)).toEqual(['5', '6', '7', '8', '5 new', '9']);
    expect(window.oldest).toBe(5);
    window.prepend(page(3, 4), () => () => []);
    expect(window.rows(view)).toEqual(['3', '4', '5', '6', '7', '8', '5 new', '9']);
  });

  test('scrolls to its oldest row and no further', () => {
    const window = new Window('everyone', 1);
    for (let id = 1; id <= 9; id++) window.add(new MessageItem(received({ id, text: `${id}` }), 'elsewhere'));
    expect(window.screen(view, 3)).toEqual(['7', '8', '9']);
    window.scrolled = 2;
    expect(window.screen(view, 3)).toEqual(['5', '6', '7']);
    window.scrolled = 99;
    expect(window.screen(view, 3)).toEqual(['1', '2', '3']);
    expect(window.scrolled).toBe(6);
  });
});

test('the status line leaves out what tells least', () => {
  const entries: StatusEntry[] = [
    { number: 1, title: 'everyone', isCurrent: false, unread: 0, mentions: 0 },
    { number: 2, title: '#lab', isCurrent: true, unread: 0, mentions: 0 },
    { number: 3, title: '漢字', isCurrent: false, unread: 12, mentions: 0 },
    { number: 4, title: 'bob', isCurrent: false, unread: 2, mentions: 2 },
    { number: 5, title: '#tea', isCurrent: false, unread: 3, mentions: 1 },
  ];
  const line = (columns: number) => statusLine(entries, columns, (text) => text);
  expect(line(80)).toBe('1 everyone [2 #lab] 3 漢字 (12) 4 bob (@2) 5 #tea (3, @1)');
  expect(line(50)).toBe('[2 #lab] 3 漢字 (12) 4 bob (@2) 5 #tea (3, @1) +1');
  expect(line(24)).toBe('[2 #lab] 4 bob (@2) +3');
  expect(line(3)).toBe('');
});
