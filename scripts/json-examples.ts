import type { ClientEvent, ServerEvent } from '../src/client/json-events.ts';

/** An example of each event: the types hold that none is missing, and that none has a field that does not exist. */
type Examples<Event extends { readonly type: string }> = {
  readonly [Type in Event['type']]: Extract<Event, { readonly type: Type }>;
};

export const SENT: Examples<ClientEvent> = {
  login: { type: 'login', request: 1, name: 'alice', password: 'tea-at-four', device: 'phone' },
  register: { type: 'register', request: 1, name: 'carol', password: 'a walk in the park' },
  guest: { type: 'guest', request: 1, name: 'gil' },
  resume: { type: 'resume', request: 1, token: 'v2.WzEsMTYwNjg4NTE0...', device: 'phone' },
  answer: { type: 'answer', request: 2, text: 'tea-at-four' },
  cancel: { type: 'cancel', request: 3 },
  command: { type: 'command', request: 'b', name: 'wholast', values: { minutes: 10 } },
  message: { type: 'message', request: 'c', to: 'everyone', text: 'lunch at noon', key: 'phone-17' },
  acknowledge: { type: 'acknowledge', id: 41 },
};

export const RECEIVED: Examples<ServerEvent> = {
  ask: { type: 'ask', request: 1, question: 'password', because: 'wrong' },
  welcome: { type: 'welcome', request: 1, name: 'alice' },
  token: { type: 'token', token: 'v2.WzEsMTYwNjg4NTE0...', expires: '2026-12-01T20:15:04.000Z' },
  answer: {
    type: 'answer',
    request: 'c',
    command: 'broadcast',
    text: 'sent:',
    facts: { id: 42, room: 1, seq: 17, unknown: [] },
  },
  error: {
    type: 'error',
    request: 'b',
    reason: 'args',
    about: 'wholast',
    message: "'minutes' must be a number above 0 and at most 1440.",
  },
  message: {
    type: 'message',
    id: 42,
    from: 'alice',
    audience: 'everyone',
    seq: 17,
    text: 'lunch at noon',
    time: '2026-11-24T09:41:30.120Z',
    repeat: false,
  },
  entry: {
    type: 'entry',
    id: 43,
    room: 7,
    seq: 0,
    kind: 'reaction',
    version: 1,
    from: 'bob',
    of: 42,
    data: { emoji: '+1' },
    time: '2026-11-24T09:42:00.000Z',
    repeat: false,
  },
  presence: { type: 'presence', came: ['bob'], left: ['carol', 'dan'] },
  marker: { type: 'marker', room: 7, seq: 40, unread: 2, mentions: 1 },
  unread: { type: 'unread', rooms: 3, unread: 17, mentions: 2 },
  notify: { type: 'notify', room: 7, level: 'mentions' },
  renamed: { type: 'renamed', name: 'alicia', before: 'alice' },
  commands: { type: 'commands' },
  left: { type: 'left', room: 7, roomName: '#lab' },
  blocked: { type: 'blocked', request: 1, seconds: 60 },
  closing: { type: 'closing', reason: 'timeout', seconds: 1800 },
};
