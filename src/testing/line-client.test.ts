import { defineCommand } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('what is asked until it fits meets no rate limit, and is given up with what it is still answered', async () => {
  let asked = 0;
  const ready = defineCommand({
    name: 'ready',
    summary: 'Tells whether it is',
    run() {
      asked++;
      return 'not yet';
    },
  });
  await using server = await startServer({ ready });
  const alice = await server.joins('alice');
  await expect(alice.asksUntil('ready', 'now')).rejects.toThrow(
    'alice: "ready" was to be answered "now" within 5000 ms, but is still answered "not yet"',
  );
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(100);
  expect(server.limitsMet).toEqual({});
});
