import type { MessageLog } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../support/altered-memory.ts';

/** Starts a server whose log cannot be read while `isAway`, with a message that waits for bob. */
async function startAway() {
  const state = { isAway: false };
  const store = alteredMemory(({ messageLog }) => {
    const read: MessageLog['read'] = async (...range) => {
      if (state.isAway) throw new Error('The database is away.');
      return messageLog.read(...range);
    };
    return { messageLog: { read } };
  });
  const server = await startServer({ memory: false, store });
  await server.registers('bob');
  const alice = await server.joins('alice');
  expect(await alice.asks('message bob one')).toBe('sent:');
  state.isAway = true;
  return { server, alice, state, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const retries = (server: TestServer) => server.clock.advance(2);

test('an inbox that could not be read at the login is read once that works, and later messages follow', async () => {
  await using started = await startAway();
  const { server, alice, state } = started;
  const bob = await server.returns('bob');
  expect(await alice.asks('message bob two')).toBe('sent:');
  await bob.seesNothing();
  retries(server);
  await bob.seesNothing();
  state.isAway = false;
  retries(server);
  await bob.hears('alice', 'one');
  await bob.hears('alice', 'two');
  expect(await alice.asks('message bob three')).toBe('sent:');
  await bob.hears('alice', 'three');
  await bob.seesNothing();
});

test('what could not be read stays in the inbox of a client that leaves meanwhile', async () => {
  await using started = await startAway();
  const { server, state } = started;
  const bob = await server.returns('bob');
  await bob.logsOut();
  const program = server.connectJson();
  await program.logsIn('bob', PASSWORD);
  await program.seesNothing();
  await program.closes();
  state.isAway = false;
  const again = await server.returns('bob');
  await again.hears('alice', 'one');
  await again.seesNothing();
});

test('a client that polls gets what could not be read at its next poll', async () => {
  await using started = await startAway();
  const { server, state } = started;
  const bob = server.connectClassic('bob');
  await bob.logsIn('bob', PASSWORD);
  await bob.sees('DONE');
  state.isAway = false;
  await bob.says('who');
  await bob.seesInOrder('alice bob', /alice: one$/, 'DONE');
});
