import { VirtualClock } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { ReceivedMessages } from './received.ts';

test('what was seen is shown once, but a gap that begins before it is shown', () => {
  const shown: string[] = [];
  const received = new ReceivedMessages({
    clock: new VirtualClock(),
    acknowledge: () => {},
    remember: () => {},
    message: ({ text }) => shown.push(text),
    entry: ({ kind }) => shown.push(kind),
    caughtUp: () => {},
  });
  const common = { from: 'alice', room: 2, seq: 0, time: '2026-01-01T00:00:00.000Z' };
  const message = { ...common, type: 'message', audience: 'room', repeat: false } as const;
  const entry = { ...common, type: 'entry', version: 1, data: null, repeat: true } as const;
  received.open();
  received.take({ ...message, id: 5, text: 'five' });
  received.close();
  received.open();
  received.take({ ...entry, id: 3, kind: 'gap' });
  received.take({ ...entry, id: 4, kind: 'reaction' });
  received.take({ ...message, id: 5, text: 'five', repeat: true });
  received.take({ ...message, id: 6, text: 'six' });
  expect(shown).toEqual(['five', 'gap', 'six']);
});
