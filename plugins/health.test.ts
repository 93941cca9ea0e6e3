import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { slowMemory } from '../test/support/slow-memory.ts';

const http = { host: '127.0.0.1', port: 0 };

test('a running server is live and ready', async () => {
  await using server = await startServer({ http, health: true });
  const where = `http://${server.listening.get('http')}`;
  const live = await fetch(`${where}/health/live`);
  expect([live.status, await live.json()]).toEqual([200, { live: true }]);
  const ready = await fetch(`${where}/health/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    ready: true,
    checks: { server: 'well', 'event-loop': 'well', store: 'well' },
  });
});

test('a server whose store does not answer is live but not ready, and says why', async () => {
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const store = slowMemory(
    async () => {},
    async () => {
      asked.resolve();
      await open;
    },
  );
  await using server = await startServer({ memory: false, store, http, health: { storeTime: 3 } });
  const where = `http://${server.listening.get('http')}`;
  const answer = fetch(`${where}/health/ready`);
  await asked.promise;
  server.clock.advance(3);
  const response = await answer;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    ready: false,
    checks: { server: 'well', store: 'it has not answered within 3 s' },
  });
  expect((await fetch(`${where}/health/live`)).status).toBe(200);
  release();
  expect((await fetch(`${where}/health/ready`)).status).toBe(200);
});
