import { Accounts, definePlugin, MessageLog, type Plugin, Storage, z } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

/** A plugin that opens a collection in its set-up, and another one when its command is called. */
function opening(name: string, collection: string, later = collection): Plugin {
  return definePlugin({
    name,
    summary: 'Opens collections',
    needs: { storage: Storage },
    setup({ storage }) {
      storage.open(collection, z.int());
      return {
        commands: [
          {
            name,
            usage: name,
            summary: 'Counts',
            run: async () => String(await storage.open(later, z.int()).update('calls', (count = 0) => count + 1)),
          },
        ],
      };
    },
  });
}

const CONFLICT =
  "The collection 'notes' is open in the plugin 'one', so the plugin 'other' cannot open it too: use another name in one of them.";

test('two plugins that open one collection are told so, both by name', async () => {
  await expect(startServer({ one: opening('one', 'notes'), other: opening('other', 'notes') })).rejects.toThrow(
    CONFLICT,
  );
});

test('a collection stays with its plugin over a reload, and goes to another once that one is off', async () => {
  const one = opening('one', 'notes');
  await using server = await startServer({ one });
  const alice = await server.joins('alice');
  expect(await alice.asks('one')).toBe('1');
  await server.reload({ one: opening('one', 'notes') });
  expect(await alice.asks('one')).toBe('2');
  await expect(server.reload({ other: opening('other', 'notes') })).rejects.toThrow(CONFLICT);
  await server.reload({ other: opening('other', 'others', 'notes') });
  expect(await alice.asks('other')).toBe('error:internal:other');
  expect(server.failures.map(({ facts }) => String((facts.err as Error | undefined)?.message))).toContain(CONFLICT);
  await server.reload({ one: false, other: opening('other', 'notes') });
  expect(await alice.asks('other')).toBe('3');
});

test('a plugin that needs storage is named where the store has none, with what to do', async () => {
  const { accounts, messageLog } = memoryStore(Date.now);
  const shelf = definePlugin({
    name: 'shelf',
    summary: 'Is a store without storage',
    provides: { accounts: Accounts, messageLog: MessageLog },
    setup: () => ({ provide: { accounts, messageLog } }),
  });
  const needy = [
    'contact-policy',
    'delete-account',
    'exports',
    'ignore',
    'lockout',
    'markers',
    'reset-codes',
    'invitations',
    'resume',
    'rooms',
    'reports',
    'approval',
    'room-log',
  ];
  const without = Object.fromEntries(['memory', ...needy].map((name) => [name, false]));
  await expect(startServer({ ...without, shelf, one: opening('one', 'notes') })).rejects.toThrow(
    "No active plugin provides 'storage', needed by 'one': have 'shelf' provide it, or replace it with " +
      "'memory' or 'postgres' or 'sqlite', or switch off what needs it.",
  );
});
