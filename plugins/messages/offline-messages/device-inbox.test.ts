import type { Entry } from 'chatserv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DeviceInbox } from './device-inbox.ts';

/** The device of an account with entries 1 to 100. */
const inbox = new DeviceInbox(
  {
    cursorOf: async () => ({ id: 0, handed: 0 }),
    page: async (_account, after, upTo, limit) =>
      Array.from({ length: Math.min(limit, upTo - after) }, (_, i) => ({ id: after + 1 + i }) as Entry),
    catchUp: () => undefined,
  },
  1,
  '',
  false,
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

describe('with gaps', () => {
  /** A device of an account with a room that has the entries 10 to 400, of which it skips those up to 300. */
  const withGap = () =>
    new DeviceInbox(
      {
        cursorOf: async () => ({ id: 0, handed: 0 }),
        page: async (_account, after, upTo, limit, skip) => {
          const start = Math.max(after, skip?.get(7) ?? 9);
          const ids = Array.from({ length: 400 - start }, (_, i) => start + 1 + i).filter((id) => id <= upTo);
          return ids.slice(0, limit).map((id) => ({ id, kind: 'message' }) as Entry);
        },
        catchUp: async () => ({ gaps: [{ id: 10, kind: 'gap' } as Entry], skip: new Map([[7, 300]]) }),
      },
      1,
      '',
      false,
    );
  const read = async (inbox: DeviceInbox, after: number, upTo: number) => {
    const reading = inbox.read(after, upTo);
    await new Promise(setImmediate);
    vi.runAllTimers();
    return (await reading).map(({ id, kind }) => `${kind} ${id}`);
  };

  test('a gap comes once, in its place', async () => {
    const inbox = withGap();
    const page = await read(inbox, 0, 400);
    expect(page).toHaveLength(65);
    expect(page.slice(0, 2)).toEqual(['gap 10', 'message 301']);
    expect((await read(inbox, 364, 400)).at(0)).toBe('message 365');
    expect(await read(inbox, 400, 400)).toEqual([]);
  });

  test('what a gap stands for is skipped even if the reading is interrupted after it', async () => {
    const inbox = withGap();
    await read(inbox, 0, 400);
    expect((await read(inbox, 10, 400)).at(0)).toBe('message 301');
    expect((await read(inbox, 5, 9)).length).toBe(0);
    expect((await read(inbox, 5, 400)).at(0)).toBe('gap 10');
  });

  test('gaps are found once', async () => {
    const inbox = withGap();
    await read(inbox, 0, 400);
    await read(inbox, 364, 400);
    await read(inbox, 400, 400);
    expect((await read(inbox, 9, 400)).at(0)).toBe('message 10');
  });
});
