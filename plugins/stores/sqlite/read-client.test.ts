import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Questions } from './batch.ts';
import type { Client, Reader } from './client.ts';
import { readerBeside } from './read-client.ts';

/** A thread that answers each request by its own name, once it is let go on. */
function thread(name: string) {
  const answers: (() => void)[] = [];
  const client = {
    ask: () => new Promise((resolve) => answers.push(() => resolve(name))),
    counts: () => ({ waiting: answers.length, requests: 0, batches: 0 }),
    close: async () => {},
  };
  return { client, goOn: () => answers.splice(0).forEach((answer) => void answer()) };
}

test('the writer reads until a read would wait for a write, then a thread that only reads', async () => {
  const [writing, reading] = [thread('writer'), thread('reader')];
  const writer = writing.client as unknown as Client<Questions>;
  const started = Promise.withResolvers<void>();
  let starts = 0;
  const reader = readerBeside(writer, async () => {
    starts++;
    await started.promise;
    return reading.client as unknown as Reader;
  });

  const alone = [reader.ask('head'), reader.ask('head')];
  writing.goOn();
  expect(await Promise.all(alone)).toEqual(['writer', 'writer']);
  expect(starts).toBe(0);

  const write = writer.ask('check');
  const answered = reader.ask('head');
  expect(starts).toBe(1);
  writing.goOn();
  expect(await Promise.all([write, answered])).toEqual(['writer', 'writer']);

  void writer.ask('check');
  const waiting = reader.ask('head');
  started.resolve();
  await turn();
  reading.goOn();
  expect(await waiting).toBe('reader');

  const beside = reader.ask('head');
  reading.goOn();
  expect(await beside).toBe('reader');
  expect(starts).toBe(1);
});

test('reads go on in the thread of the writer when the other cannot start', async () => {
  const { client, goOn } = thread('writer');
  const writer = client as unknown as Client<Questions>;
  const reader = readerBeside(writer, () => Promise.reject(new Error('no memory')));
  void writer.ask('check');
  const waiting = reader.ask('head');
  goOn();
  expect(await waiting).toBe('writer');
  const next = reader.ask('head');
  goOn();
  expect(await next).toBe('writer');
  await reader.close();
});
