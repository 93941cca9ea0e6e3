import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

/** Work that ends when it is told to, and notes when it starts. */
class Works {
  readonly started: string[] = [];
  readonly #queue: FairQueue;
  readonly #ends = new Map<string, () => void>();

  constructor(queue: FairQueue) {
    this.#queue = queue;
  }

  add(party: string, name: string): Promise<string> {
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

test('never more at once than it may, and those that wait party by party', async () => {
  const works = new Works(new FairQueue(2, 10));
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

test('what fails makes room, and fails alone', async () => {
  const queue = new FairQueue(1, 10);
  const failing = queue.run('a', async () => {
    throw new Error('out of memory');
  });
  const next = queue.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('out of memory');
  expect(await next).toBe('done');
});

test('more than may wait is refused with the option that says how many', async () => {
  const works = new Works(new FairQueue(1, 1));
  void works.add('a', 'a1');
  void works.add('a', 'a2');
  await expect(works.add('b', 'b1')).rejects.toThrow('1 password hashes wait already (password.waiting)');
  works.end('a1');
});
