import { defineCommand } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('asksUntil meets no rate limit, and gives up with the last answer', async () => {
  let asked = 0;
  const ready = defineCommand({
    name: 'ready',
    summary: 'Tells whether it is ready',
    run() {
      asked++;
      return 'not yet';
    },
  });
  await using server = await startServer({ ready });
  const alice = await server.joins('alice');
  await expect(alice.asksUntil('ready', 'now')).rejects.toThrow(
    'alice: "ready" should be answered "now" within 10000 ms, but was last answered "not yet"',
  );
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(200);
  expect(server.limitHits).toEqual({});
});
