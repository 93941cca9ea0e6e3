import type { Command } from 'chatserv';
import { definePlugin } from 'chatserv';
import { type JsonClient, type LineClient, PASSWORD, startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../test/support/altered-memory.ts';
import { answer } from '../../test/support/answer.ts';

/** Lets the test read the server's commands. */
let commands: () => readonly Command[] = () => [];
const reader = definePlugin({
  name: 'reader',
  summary: 'Reads the commands',
  setup({ server }) {
    commands = () => server.commands();
  },
});

/** A valid argument of each kind, for a command that has a room before it. */
const ARGUMENTS: Readonly<Record<string, unknown>> = {
  user: 'alice',
  word: 'sesame',
  room: '#other',
  duration: 600,
  integer: 1,
  text: 'some text',
  users: ['alice'],
};

/** Every command about a room, called with valid arguments; creating a room shows that its name is taken. */
function callsAbout(room: string): object[] {
  const about = commands().filter(({ name, params = {} }) => Object.hasOwn(params, 'room') && name !== 'create');
  const calls = about.map(({ name, params = {} }) => {
    const values = Object.entries(params).map(([key, shape]) => {
      if (key === 'room') return [key, room];
      return [key, shape.choices?.[0] ?? ARGUMENTS[shape.kind]];
    });
    return { type: 'command', name, values: Object.fromEntries(values) };
  });
  return [...calls, { type: 'message', to: room, text: 'hi' }, { type: 'message', to: [room], text: 'hi' }];
}

/** What a program is answered, with the room's name left out. */
async function answers(client: JsonClient, room: string): Promise<string[]> {
  const found: string[] = [];
  for (const call of callsAbout(room)) {
    client.says(JSON.stringify(call));
    let event = await client.next();
    while (event.type === 'message' || event.type === 'entry') event = await client.next();
    found.push(JSON.stringify(event).replaceAll(room, '#room'));
  }
  return found;
}

/** What may have happened between a user and a private room, so that it is hidden from her again. */
const HISTORIES: Readonly<Record<string, readonly string[]>> = {
  'has never been in it': [],
  'has left it': ['invite #attic bob', 'bob: join #attic', 'bob: leave #attic'],
  'was removed': ['invite #attic bob', 'bob: join #attic', 'room-kick #attic bob'],
  'was banned': ['invite #attic bob', 'bob: join #attic', 'room-ban #attic bob'],
  'was banned while invited': ['invite #attic bob', 'room-ban #attic bob'],
  'was uninvited': ['invite #attic bob', 'uninvite #attic bob'],
  'was in it when it was public': [
    'room-access #attic public',
    'bob: join #attic',
    'bob: leave #attic',
    'room-access #attic private',
  ],
};

/** What the room's owner may do to it meanwhile. */
const CHANGES = [
  'topic #attic Old chairs',
  'room-archive #attic',
  'room-slow #attic 30s',
  'room-posting #attic moderators',
  'message #attic anyone?',
];

test('a private room answers like one that does not exist, in every command and with the same steps', async () => {
  let steps: string[] = [];
  /** Notes each call of a service. */
  function noted<Service extends object>(service: Service, name: string): Service {
    return new Proxy(service, {
      get(target, key) {
        const value = target[key as keyof Service];
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          steps.push(`${name}.${String(key)}`);
          return value.apply(target, args);
        };
      },
    });
  }
  const counted = alteredMemory(({ accounts, messageLog, storage }) => ({
    accounts: noted({ ...accounts }, 'accounts'),
    messageLog: { ...noted({ ...messageLog }, 'log') },
    storage: { open: (name, schema) => noted(storage.open(name, schema), name) },
  }));
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(HISTORIES)),
    fc.subarray(CHANGES),
    async (history, changes) => {
      await using server = await startServer({ reader, memory: false, counted });
      await server.registers('alice', 'bob');
      const alice = await server.returns('alice');
      const bob = await server.returns('bob');
      expect(await alice.asks('create #attic private')).toBe('created:#attic');
      const run = (line: string) => (line.startsWith('bob: ') ? answer(bob, line.slice(5)) : answer(alice, line));
      for (const line of HISTORIES[history] ?? []) expect(await run(line)).not.toMatch(/^error/);
      for (const line of changes) expect(await run(line)).not.toMatch(/^error:(?!archived)/);
      expect(await answer(bob, 'logout')).toBe('goodbye');
      const program = server.connectJson();
      await program.logsIn('bob', PASSWORD);
      program.says({ type: 'command', name: 'rooms', text: '' });
      let rooms = await program.next();
      while (rooms.type !== 'answer') rooms = await program.next();
      expect(rooms.facts).toEqual({ rooms: [], hasMore: false });
      steps = [];
      const missing = await answers(program, '#cellar');
      const stepsIfMissing = steps;
      steps = [];
      const hidden = await answers(program, '#attic');
      expect(hidden).toEqual(missing);
      expect(new Set(hidden.map((one) => JSON.parse(one).reason))).toEqual(new Set(['no-room']));
      expect(steps.length).toBeGreaterThanOrEqual(hidden.length);
      expect(steps).toEqual(stepsIfMissing);
    },
  );
  await fc.assert(property, { numRuns: 15 });
}, 60_000);

test('the name of a private room is all that others can learn: it is taken', async () => {
  await using server = await startServer();
  const alice: LineClient = await server.joins('alice');
  const bob = await server.joins('bob');
  expect(await alice.asks('create #attic private')).toBe('created:#attic');
  expect(await bob.asks('create #attic')).toBe('error:taken:create');
});
