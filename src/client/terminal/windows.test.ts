import { describe, expect, test } from 'vitest';
import type { KnownRoom, Received } from '../owner.ts';
import { MessageItem } from './message-item.ts';
import { sentMessage } from './sent-message.ts';
import { type StatusEntry, statusLine } from './status-line.ts';
import { Timeline } from './timeline.ts';
import { Window, type WindowView } from './window.ts';
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

const rows = (window: Window) => window.screen(view, 99);

const page = (ids: readonly number[], { hasEarlier = true, hasLater = false } = {}) => ({
  entries: ids.map((id) => received({ id, text: `${id}` })),
  changes: [],
  hasEarlier,
  hasLater,
});

const noLine = () => () => [];

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
    expect(rows(windows.current)).toEqual(['to both of you']);
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
    const { live } = window;
    window.load('before', page([3, 4]), noLine);
    window.add(new MessageItem(received({ id: 4 }), 'elsewhere'));
    expect(rows(window)).toEqual(['3', 'greeting', 'four']);
    expect([live.oldest, live.latest, live.hasEarlier]).toEqual([3, 4, true]);
    window.load('before', page([], { hasEarlier: false }), noLine);
    expect(live.hasEarlier).toBe(false);
  });

  test('shows messages in the order of the server, in whichever they come', () => {
    const window = new Window(['bob'], 5);
    const item = (id: number) => new MessageItem(received({ id, text: `${id}` }), 'elsewhere');
    window.add(item(6), () => ['notice'], item(8));
    window.add(sentMessage('alice', ['bob'], 'sent while the server was down', { id: 7, room: 5 }));
    expect(rows(window)).toEqual(['6', 'notice', 'sent while the server was down', '8']);
    window.add(item(3));
    expect([rows(window)[0], window.live.oldest]).toEqual(['3', 6]);
    window.load('before', page([3, 4, 5]), noLine);
    expect(rows(window)).toEqual(['3', '4', '5', '6', 'notice', 'sent while the server was down', '8']);
  });

  test('applies edits, reactions and deletions, the latest edit last', () => {
    const window = new Window(['bob'], 5);
    window.add(sentMessage('alice', ['bob'], 'fuor', { id: 4, room: 5 }));
    const change = (id: number, kind: string, data?: unknown, from = 'bob') => {
      window.change({ id, kind, from, of: 4, data });
      return rows(window);
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
    expect(window.live.oldest).toBe(9);
    window.load('before', page([5, 6, 7, 8]), noLine);
    expect(rows(window)).toEqual(['5', '6', '7', '8', '5 new', '9']);
    expect(window.live.oldest).toBe(5);
    window.load('before', page([3, 4]), noLine);
    expect(rows(window)).toEqual(['3', '4', '5', '6', '7', '8', '5 new', '9']);
  });

  test('shows the messages around an earlier one, until they reach the latest', () => {
    const window = new Window(['bob'], 5);
    const item = (id: number) => new MessageItem(received({ id, text: `${id}` }), 'elsewhere');
    window.add(item(30), item(31));
    window.showExcerpt(Timeline.of(page([10, 11, 12], { hasLater: true }), noLine));
    window.add(item(32));
    window.load('before', page([8, 9], { hasEarlier: false }), noLine);
    expect(rows(window)).toEqual(['8', '9', '10', '11', '12']);
    expect([window.shown.hasEarlier, window.isAtEnd]).toEqual([false, false]);
    window.toEnd();
    expect(rows(window)).toEqual(['30', '31', '32']);
    // It can still be answered.
    expect(window.find(11)?.text).toBe('11');
    expect(window.change({ id: 40, kind: 'redaction', from: 'bob', of: 11 })?.id).toBe(11);
    window.showExcerpt(Timeline.of(page([20, 21], { hasLater: true }), noLine));
    window.load('after', page([22, 23], { hasLater: true }), noLine);
    expect([window.shown.latest, window.isAtEnd]).toEqual([23, false]);
    window.load('after', page([24, 30, 31], { hasLater: true }), noLine);
    expect(rows(window)).toEqual(['20', '21', '22', '23', '24', '30', '31', '32']);
    expect([window.isAtEnd, window.live.oldest, window.live.hasEarlier]).toEqual([true, 20, true]);
  });

  test('holds few messages while another one is shown, and loads the earlier ones again', () => {
    const windows = new Windows();
    const window = windows.to(['bob'], 5);
    let latest = 0;
    const receive = (count: number) => {
      for (let left = count; left > 0; left--) {
        const id = ++latest;
        window.add(new MessageItem(received({ id, text: `${id}` }), 'elsewhere'));
      }
    };
    window.live.hasEarlier = false;
    receive(5_000);
    expect([window.live.count, window.live.oldest, window.live.hasEarlier]).toEqual([100, 4_901, true]);
    windows.show(window);
    receive(5_000);
    expect(window.live.count).toBe(3_000);
    window.scrolled = 1;
    receive(20_000);
    expect(window.live.count).toBe(10_000);
    windows.show(windows.everyone);
    expect([window.live.count, window.live.oldest]).toEqual([100, 29_901]);
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
