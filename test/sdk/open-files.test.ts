import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { OpenFiles } from '../../src/sdk/open-files.ts';

test.each([
  [1024, 944, 954],
  [200, 120, 130],
  [100, 50, 56],
])('of %i files %i may be connections, and a few more that are told so', (allowed, forConnections, most) => {
  const files = new OpenFiles(allowed);
  expect(files.forConnections).toBe(forConnections);
  const sockets = Array.from({ length: most }, () => new Socket());
  for (const [i, socket] of sockets.entries()) {
    expect(files.take(socket)).toBe(true);
    expect(files.full).toBe(i >= forConnections);
  }
  expect(files.take(new Socket())).toBe(false);
});

test('a connection counts until it is closed', async () => {
  const files = new OpenFiles(2);
  const first = new Socket();
  files.take(first);
  files.take(new Socket());
  expect(files.full).toBe(true);
  const closed = new Promise((resolve) => first.once('close', resolve));
  first.destroy();
  await closed;
  expect(files.full).toBe(false);
});

test('where the system does not say how many there may be, all may stay', () => {
  const files = new OpenFiles(Number.POSITIVE_INFINITY);
  expect(files.take(new Socket())).toBe(true);
  expect(files.full).toBe(false);
});
