import { command, definePlugin, param } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** Commands whose calls end when the test says so. */
function slowly() {
  const calls = new Map<string, { proceed: () => void; end: (answer: string) => void }>();
  const plugin = definePlugin({
    name: 'slowly',
    summary: 'Answers when it is told to',
    setup: () => ({
      commands: [
        command({
          name: 'slow',
          summary: 'Waits',
          params: { name: param.word() },
          overlaps: true,
          run({ values: { name }, proceed }) {
            const { promise, resolve } = Promise.withResolvers<string>();
            calls.set(name, { proceed, end: resolve });
            return promise;
          },
        }),
        { name: 'plain', summary: 'Waits for nothing', run: () => 'plain' },
      ],
    }),
  });
  return {
    plugin,
    /** The names of the calls that have begun, in order. */
    begun: async () => {
      await new Promise(setImmediate);
      return [...calls.keys()];
    },
    proceed: (name: string) => calls.get(name)?.proceed(),
    end: (name: string) => calls.get(name)?.end(name),
  };
}

test('a call begins when the one before calls proceed, and answers come in the order of the lines', async () => {
  const { plugin, begun, proceed, end } = slowly();
  await using server = await startServer({ slowly: plugin });
  const alice = await server.joins('alice');
  await alice.says('slow a', 'slow b', 'nonsense', 'plain', 'slow c');
  expect(await begun()).toEqual(['a']);
  proceed('a');
  expect(await begun()).toEqual(['a', 'b']);
  proceed('b');
  end('b');
  expect(await begun()).toEqual(['a', 'b']);
  end('a');
  await alice.seesInOrder('a', 'b', 'error:command:nonsense', 'plain');
  expect(await begun()).toEqual(['a', 'b', 'c']);
  end('c');
  await alice.sees('c');
});

test('one client runs no more commands at once than the limit, and others are not delayed', async () => {
  const { plugin, begun, proceed, end } = slowly();
  await using server = await startServer({ slowly: plugin }, { commandsUnderWay: 2 });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('slow a', 'slow b', 'slow c');
  await begun();
  proceed('a');
  await begun();
  proceed('b');
  expect(await begun()).toEqual(['a', 'b']);
  expect(await bob.asks('plain')).toBe('plain');
  end('b');
  end('a');
  await alice.seesInOrder('a', 'b');
  end('c');
  await alice.sees('c');
});

test('a client that logs out, or ends its side, gets all earlier answers', async () => {
  const { plugin, begun, proceed, end } = slowly();
  await using server = await startServer({ slowly: plugin });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('slow a', 'slow b', 'logout');
  await bob.says('slow c');
  await bob.halfCloses();
  await begun();
  proceed('a');
  await begun();
  for (const name of ['b', 'a', 'c']) end(name);
  await alice.seesInOrder('a', 'b', 'goodbye');
  await alice.isClosed();
  await bob.sees('c');
  await bob.isClosed();
});
