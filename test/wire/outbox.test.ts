import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/api/message.ts';
import { systemClock } from '../../src/host/clock.ts';
import { ServerCounters } from '../../src/host/counters.ts';
import { type Chunk, chunkOf } from '../../src/wire/chunk.ts';
import { FlushScheduler } from '../../src/wire/flush-scheduler.ts';
import { Outbox } from '../../src/wire/outbox.ts';

/** A client that finishes a write when the test says so. */
class SlowClient extends Writable {
  readonly writes: string[] = [];
  readonly chunks: Buffer[] = [];
  #take: (() => void) | undefined;

  readonly #slow: boolean;

  constructor({ slow } = { slow: false }) {
    super({ highWaterMark: 1 });
    this.#slow = slow;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(String(chunk));
    this.chunks.push(chunk);
    if (this.#slow) this.#take = done;
    else done();
  }

  takes(): void {
    this.#take?.();
  }
}

function message(id: number): Message {
  const from = { id: 1, name: 'alice' };
  return {
    id,
    room: 1,
    kind: 'message',
    seq: 0,
    roomName: '',
    reply: undefined,
    from,
    audience: { group: 'everyone' },
    text: '',
    time: 0,
    repeat: false,
  };
}

function chunk(text: string, ...messages: Message[]): Chunk {
  return chunkOf(Buffer.from(text), messages);
}

function outboxOf(client: Writable, limit = 1000, flushes = new FlushScheduler(new ServerCounters(systemClock))) {
  const taken: number[] = [];
  const seen = { taken, overflows: 0 };
  const outbox = new Outbox(client, flushes, limit, {
    taken: (messages) => taken.push(...messages.map(({ id }) => id)),
    overflowed: () => seen.overflows++,
  });
  return { outbox, seen };
}

describe('an outbox', () => {
  test('flushes once per turn of the event loop', async () => {
    const client = new SlowClient();
    const { outbox, seen } = outboxOf(client);
    outbox.put(chunk('one\n', message(1)));
    outbox.put(chunk('two\n', message(2)));
    expect(client.writes).toEqual([]);
    await setImmediate();
    expect(client.writes).toEqual(['one\ntwo\n']);
    outbox.put(chunk('three\n', message(3)));
    await setImmediate();
    expect(client.writes).toEqual(['one\ntwo\n', 'three\n']);
    expect(seen.taken).toEqual([1, 2, 3]);
  });

  test('reports messages only when their bytes were taken', async () => {
    const client = new SlowClient({ slow: true });
    const { outbox, seen } = outboxOf(client);
    outbox.put(chunk('one\n', message(1)));
    await setImmediate();
    expect(seen.taken).toEqual([]);
    client.takes();
    await setImmediate();
    expect(seen.taken).toEqual([1]);
  });

  test('reports no messages of a write that failed', async () => {
    const client = new Writable({ write: (_chunk, _encoding, done) => done(new Error('cut')) });
    client.on('error', () => {});
    const { outbox, seen } = outboxOf(client);
    outbox.put(chunk('one\n', message(1)));
    await setImmediate();
    await setImmediate();
    expect(seen.taken).toEqual([]);
  });

  test('reports when more would wait than may, and does not take that in', async () => {
    const client = new SlowClient({ slow: true });
    const { outbox, seen } = outboxOf(client, 10);
    outbox.put(chunk('12345678'));
    await setImmediate();
    outbox.put(chunk('9'));
    outbox.put(chunk('abc', message(1)));
    expect(seen.overflows).toBe(1);
    expect(outbox.bytes).toBe(9);
  });

  test('takes answers of any size, and limits everything else', async () => {
    const client = new SlowClient({ slow: true });
    const { outbox, seen } = outboxOf(client, 10);
    outbox.putAnswer(Buffer.from('x'.repeat(100)));
    await setImmediate();
    outbox.put(chunk('12345678', message(1)));
    expect(seen.overflows).toBe(0);
    expect(outbox.bytes).toBe(108);
    expect(outbox.full).toBe(true);
    outbox.put(chunk('abc', message(2)));
    expect(seen.overflows).toBe(1);
    // A client that goes on sending requests is stopped.
    outbox.putAnswer(Buffer.from('x'));
    expect(seen.overflows).toBe(2);
    client.takes();
    await setImmediate();
    outbox.putAnswer(Buffer.from('x'));
    expect(seen.overflows).toBe(2);
    client.takes();
    await setImmediate();
    expect(seen.taken).toEqual([1]);
  });

  test('wakes every caller that waits for room', async () => {
    const client = new SlowClient({ slow: true });
    const { outbox } = outboxOf(client, 10);
    outbox.put(chunk('12345678'));
    await setImmediate();
    const rooms = [outbox.room(), outbox.room()];
    client.takes();
    await Promise.all(rooms);
  });

  test('has room again below half of its limit, or once it is closed', async () => {
    const client = new SlowClient({ slow: true });
    const { outbox } = outboxOf(client, 10);
    outbox.put(chunk('12345678'));
    await setImmediate();
    const room = outbox.room();
    client.takes();
    await room;
    expect(outbox.full).toBe(false);
    outbox.put(chunk('12345678'));
    const again = outbox.room();
    outbox.close();
    await again;
  });

  test('writes the queued bytes and the last words when it is closed, and nothing after', async () => {
    const client = new SlowClient();
    const { outbox } = outboxOf(client);
    outbox.put(chunk('one\n'));
    outbox.close(Buffer.from('goodbye\n'));
    outbox.put(chunk('two\n'));
    await setImmediate();
    expect(client.writes).toEqual(['one\n', 'goodbye\n']);
  });
});

test('clients that are sent the same parts in one turn share one buffer', async () => {
  const flushes = new FlushScheduler(new ServerCounters(systemClock));
  const clients = [new SlowClient(), new SlowClient(), new SlowClient()];
  const [one, two] = [chunk('one\n'), chunk('two\n')];
  for (const [i, client] of clients.entries()) {
    const { outbox } = outboxOf(client, 1000, flushes);
    outbox.put(one);
    outbox.put(i < 2 ? two : chunk('else\n'));
  }
  await setImmediate();
  const [first, second, third] = clients.map(({ chunks: [chunk] }) => chunk);
  expect(first).toBe(second);
  expect(String(first)).toBe('one\ntwo\n');
  expect(String(third)).toBe('one\nelse\n');
});
