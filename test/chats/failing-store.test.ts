import { type MessageLog, OperationalError } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../support/altered-memory.ts';

test('a temporary store failure quarantines no command', async () => {
  let full = false;
  const store = alteredMemory(({ messageLog }) => {
    const append: MessageLog['append'] = async (entries, key) => {
      if (full) throw new OperationalError('The disk is full.');
      return messageLog.append(entries, key);
    };
    return { messageLog: { append } };
  });
  await using server = await startServer({ memory: false, store }, { quarantineAfter: 3 });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  full = true;
  for (let i = 0; i < 5; i++) expect(await alice.asks('message bob lost')).toBe('error:internal:message');
  full = false;
  expect(await alice.asks('message bob kept')).toBe('sent:');
  await bob.hears('alice', 'kept');
  await bob.seesNothing();
});
