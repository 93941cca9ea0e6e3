import type { Entry } from 'chatserv';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeviceInbox } from './device-inbox.ts';

/** The device of an account with entries 1 to 100. */
const inbox = new DeviceInbox(
  {
    cursorOf: async () => ({ id: 0, handed: 0 }),
    page: async (_account, after, upTo, limit) =>
      Array.from({ length: Math.min(limit, upTo - after) }, (_, i) => ({ id: after + 1 + i }) as Entry),
  },
  1,
  '',
);

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('a device with a backlog gets a page at a time, and the processor is free for others in between', async () => {
  let isRead = false;
  const reading = inbox.read(0, 100).finally(() => {
    isRead = true;
  });
  await new Promise(setImmediate);
  expect(isRead).toBe(false);
  vi.runAllTimers();
  expect(await reading).toHaveLength(64);
});

test('a device gets the last page at once', async () => {
  expect(await inbox.read(64, 100)).toHaveLength(36);
  expect(vi.getTimerCount()).toBe(0);
});
