import { VirtualClock } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { PresenceNotices } from './presence-notices.ts';

function start() {
  const clock = new VirtualClock();
  const notices: string[] = [];
  const presence = new PresenceNotices((text) => notices.push(text), clock);
  const change = (came: string[], left: string[]) => presence.change({ came, left }, 'alice');
  return { clock, presence, change, taken: () => notices.splice(0) };
}

test('who comes is reported at once, who leaves once they have stayed away', () => {
  const { clock, change, taken } = start();
  change(['bob', 'alice'], []);
  expect(taken()).toEqual(['bob came']);
  change([], ['bob']);
  clock.advance(3);
  change([], ['carol']);
  expect(taken()).toEqual([]);
  clock.advance(2);
  expect(taken()).toEqual(['bob left']);
  change(['carol'], []);
  clock.advance(10);
  expect(taken()).toEqual([]);
});

test('after a lost connection, only who does not return is reported', () => {
  const { clock, presence, change, taken } = start();
  const names = Array.from({ length: 8 }, (_, index) => `user${index}`);
  // The server was closing connections one by one.
  change([], ['bob']);
  presence.pause();
  clock.advance(20);
  presence.resume(20_000);
  change(['zoe'], [...names, 'carol']);
  expect(taken()).toEqual(['zoe came']);
  clock.advance(19);
  change(['carol'], []);
  clock.advance(0.9);
  expect(taken()).toEqual([]);
  clock.advance(0.1);
  expect(taken()).toEqual(['9 left']);
  change([], ['zoe']);
  clock.advance(5);
  expect(taken()).toEqual(['zoe left']);
});

test('nobody is given more than half a minute', () => {
  const { clock, presence, change, taken } = start();
  presence.pause();
  presence.resume(3_600_000);
  change([], ['bob']);
  clock.advance(30);
  expect(taken()).toEqual(['bob left']);
});
