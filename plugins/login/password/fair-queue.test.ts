import { VirtualClock } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const clock = new VirtualClock();

function queueOf(atOnce: number, maxQueued: number): FairQueue {
  return new FairQueue({ atOnce, maxQueued, patience: 2000 }, clock);
}

/** Jobs that end on request, and the order in which they started. */
class Works {
  readonly started: string[] = [];
  readonly #queue: FairQueue;
  readonly #ends = new Map<string, () => void>();

  constructor(queue: FairQueue) {
    this.#queue = queue;
  }

  add(party: string, name: string): Promise<string | undefined> {
    return this.#queue.run(party, async () => {
      this.started.push(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#ends.set(name, resolve);
      await promise;
      return name;
    });
  }

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}

test('runs a limited number at once, and takes waiting jobs party by party', async () => {
  const works = new Works(queueOf(2, 10));
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((name) => works.add(name.slice(0, 1), name));
  expect(works.started).toEqual(['a1', 'a2']);
  for (const index of all.keys()) {
    works.end(works.started[index] as string);
    await new Promise(setImmediate);
    expect(works.started.length).toBe(Math.min(index + 3, all.length));
  }
  expect(works.started).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']);
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']);
});

test('a failed job frees its place and affects no other', async () => {
  const queue = queueOf(1, 10);
  const failing = queue.run('a', async () => {
    throw new Error('out of memory');
  });
  const next = queue.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('out of memory');
  expect(await next).toBe('done');
});

test('when too many wait, the longest line drops its last job and takes no new one', async () => {
  const works = new Works(queueOf(1, 3));
  const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'd1', 'd2'].map((name) => works.add(name.slice(0, 1), name));
  for (const name of ['a1', 'a2', 'b1', 'c1']) {
    works.end(name);
    await new Promise(setImmediate);
  }
  // b and c have taken the places of a4 and a3; then each line is one long, and there is no place for d.
  expect(await Promise.all(all)).toEqual([
    'a1',
    'a2',
    undefined,
    undefined,
    undefined,
    'b1',
    'c1',
    undefined,
    undefined,
  ]);
});

test('what has waited for too long is not done, and stands in nobody’s way', async () => {
  const works = new Works(queueOf(1, 2));
  const [first, second, third] = ['a1', 'a2', 'b1'].map((name) => works.add(name.slice(0, 1), name));
  clock.advance(2);
  expect(await second).toBeUndefined();
  expect(await third).toBeUndefined();
  const late = works.add('b', 'b2');
  works.end('a1');
  expect(await first).toBe('a1');
  await new Promise(setImmediate);
  works.end('b2');
  expect(await late).toBe('b2');
  expect(works.started).toEqual(['a1', 'b2']);
});
