import type { Entry, Follower, MessageLog, Server } from 'chatserv';
import { expect, test } from 'vitest';
import { Announcements, isShared } from './announcements.ts';
import type { Bus } from './bus.ts';
import { Subjects } from './subjects.ts';

/** A log that another server appends to, and how often it was read. */
function sharedLog() {
  const followers: Follower[] = [];
  const log = {
    identity: 'shared',
    /** The id of its last entry. */
    head: 0,
    readings: [] as PromiseWithResolvers<void>[],
    follow: (follower: Follower) => {
      followers.push(follower);
      return () => {};
    },
    followOwn: () => () => {},
    async catchUp() {
      const reading = Promise.withResolvers<void>();
      log.readings.push(reading);
      const { head } = log;
      await reading.promise;
      for (const follower of followers) follower([{ id: head } as Entry]);
    },
  };
  return log;
}

/** Announcements over a bus that never loses any. */
async function listening() {
  const log = sharedLog();
  const receivers = new Map<string, (text: string) => void>();
  const bus = {
    subscribe: (subject: string, receive: (text: string) => void) => receivers.set(subject, receive),
    unsubscribe: () => {},
    publish: () => {},
    flush: async () => true,
  };
  const subjects = new Subjects('chat', 'shared');
  if (!isShared(log as unknown as MessageLog)) throw new Error('not shared');
  const announcements = new Announcements(bus as unknown as Bus, subjects, log as never);
  announcements.start({ sessions: () => [], watchRooms: () => () => {} } as unknown as Server);
  await finished(log, 0);
  const announce = (...ids: readonly unknown[]) => {
    for (const id of ids) receivers.get(subjects.all)?.(String(id));
  };
  return { log, announce };
}

/** Lets a reading end, and what follows it begin. */
async function finished(log: ReturnType<typeof sharedLog>, reading: number): Promise<void> {
  await new Promise(setImmediate);
  log.readings[reading]?.resolve();
  await new Promise(setImmediate);
}

test('a batch of entries is read once, however many announcements it has', async () => {
  const { log, announce } = await listening();
  log.head = 5;
  announce(1, 2, 3);
  announce(4, 5);
  await finished(log, 1);
  expect(log.readings).toHaveLength(2);
  announce(5, 3);
  expect(log.readings).toHaveLength(2);
});

test('what is announced during a reading that lacks it is read after it', async () => {
  const { log, announce } = await listening();
  log.head = 1;
  announce(1);
  log.head = 3;
  announce(2, 3);
  await finished(log, 1);
  expect(log.readings).toHaveLength(3);
  await finished(log, 2);
  expect(log.readings).toHaveLength(3);
});

test('an announcement of an entry that does not exist, or of none, costs one look at most', async () => {
  const { log, announce } = await listening();
  announce('', 'x', 'NaN');
  expect(log.readings).toHaveLength(1);
  announce(1e9);
  await finished(log, 1);
  expect(log.readings).toHaveLength(2);
  log.head = 1;
  announce(1);
  await finished(log, 2);
  expect(log.readings).toHaveLength(3);
});
