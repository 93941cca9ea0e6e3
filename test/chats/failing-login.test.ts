import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../support/altered-memory.ts';

test('a token that cannot be checked is not called expired: the client is told to come again, and gets in later', async () => {
  let isAway = false;
  const store = alteredMemory(({ accounts }) => ({
    accounts: {
      get: async (id) => {
        if (isAway) throw new Error('The database is away.');
        return accounts.get(id);
      },
    },
  }));
  await using server = await startServer({ memory: false, store });
  await server.registers('bob');
  const first = server.connectJson();
  const token = await first.logsIn('bob', PASSWORD);
  await first.closes();
  isAway = true;
  const early = server.connectJson();
  early.says({ type: 'resume', token });
  await early.sees({ type: 'closing', reason: 'busy' });
  await early.isClosed();
  isAway = false;
  await server.connectJson().resumes(token);
  expect(server.failures.map(({ facts }) => facts.event)).toEqual(['store-error']);
});
