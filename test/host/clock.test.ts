import { type Clock, definePlugin } from 'chatserv';
import { startServer, VirtualClock } from 'chatserv/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/host/clock.ts';
import { settledTime } from '../../src/sdk/settled-time.ts';

const HOUR = 3600;

describe.each([
  ['ahead', 400 * 24 * HOUR],
  ['back', -HOUR],
])('a time of day set %s', (_, seconds) => {
  test('closes no active client, and keeps no silent one', async () => {
    await using server = await startServer({ timeouts: { login: 60, idle: 600 } });
    const alice = await server.joins('alice');
    const early = server.connect('a guest');
    server.clock.shift(seconds);
    server.clock.advance(59);
    await early.says('bob');
    await early.sees('register');
    expect(await alice.asks('who')).toBe('alice');
    server.clock.advance(1);
    await early.sees('timeout');
    server.clock.shift(-seconds);
    server.clock.advance(599);
    await alice.sees('timeout');
  });

  test('neither refills nor drains a rate', async () => {
    await using server = await startServer({}, { linesPerSecond: 1, lineBurst: 10 });
    const alice = await server.joins('alice');
    server.clock.advance(60);
    for (let i = 0; i < 10; i++) expect(await alice.asks('who')).toBe('alice');
    server.clock.shift(seconds);
    expect(await alice.asks('who')).toBe('error:rate:who');
    server.clock.advance(2);
    expect(await alice.asks('who')).toBe('alice');
  });

  test('does not affect the quotas of networks', async () => {
    const connections = { newPerNetwork: 2, newTime: 20 };
    await using server = await startServer({ connections });
    const comes = async () => {
      const client = server.connect('a guest', '198.51.100.1');
      const answer = await client.asks('not a name');
      await client.closes();
      return answer;
    };
    for (let i = 0; i < 2; i++) expect(await comes()).toBe('username');
    server.clock.shift(seconds);
    expect(await comes()).toBe('closing:too-many-new-connections');
    server.clock.advance(10);
    expect(await comes()).toBe('username');
  });
});

test('a clock without a monotonic time follows the time of day, and never goes back', async () => {
  const time = new VirtualClock();
  const old: Clock = { now: () => time.now(), after: (milliseconds, call) => time.after(milliseconds, call) };
  let elapsed = () => 0;
  const watch = definePlugin({
    name: 'watch-it',
    summary: 'Looks at the clock',
    setup({ clock }) {
      const began = clock.monotonic();
      elapsed = () => clock.monotonic() - began;
    },
  });
  await using _server = await startServer({ 'watch-it': watch }, {}, old as VirtualClock);
  time.advance(10);
  expect(elapsed()).toBe(10_000);
  time.shift(-HOUR);
  expect(elapsed()).toBe(10_000);
  time.advance(5);
  expect(elapsed()).toBe(15_000);
});

describe("a timer of the machine's clock", () => {
  const MONTHS = 60 * 24 * HOUR * 1000;

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is not early, however long it is', () => {
    let calls = 0;
    systemClock.after(MONTHS, () => calls++);
    vi.advanceTimersByTime(MONTHS - 1);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('can be cancelled at any time', () => {
    let calls = 0;
    const cancel = systemClock.after(MONTHS, () => calls++);
    vi.advanceTimersByTime(MONTHS - 1);
    cancel();
    vi.advanceTimersByTime(MONTHS);
    expect(calls).toBe(0);
  });
});

describe('the time that retention goes by', () => {
  const DAY = 24 * HOUR;

  test('leaps ahead only when the clock has kept to that', () => {
    const clock = new VirtualClock();
    const settled = settledTime(clock);
    clock.advance(600);
    expect(settled()).toBe(clock.now());
    const before = clock.now();
    clock.shift(400 * DAY);
    expect(settled()).toBe(before);
    clock.advance(59);
    expect(settled()).toBe(before + 59_000);
    clock.advance(1);
    expect(settled()).toBe(clock.now());
  });

  test('is not moved by a moment ahead, however late it is looked at', () => {
    const clock = new VirtualClock();
    const settled = settledTime(clock);
    for (let i = 0; i < 3; i++) {
      clock.shift(400 * DAY);
      expect(settled()).toBe(clock.now() - 400 * DAY * 1000);
      clock.shift(-400 * DAY);
      clock.advance(3600);
      expect(settled()).toBe(clock.now());
    }
  });

  test('goes back at once, also where the first reading was ahead', () => {
    const clock = new VirtualClock();
    clock.shift(400 * DAY);
    const settled = settledTime(clock);
    clock.shift(-400 * DAY);
    expect(settled()).toBe(clock.now());
    clock.advance(60);
    expect(settled()).toBe(clock.now());
  });

  test('follows a clock that is corrected little by little', () => {
    const clock = new VirtualClock();
    const settled = settledTime(clock);
    for (let i = 0; i < 100; i++) {
      clock.advance(600);
      clock.shift(5);
      expect(settled()).toBe(clock.now());
    }
  });
});
