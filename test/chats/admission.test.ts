import { askUsername, blocked, definePlugin, type Handlers } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import openDoor from '../support/open-door.ts';

/** A plugin that decides on admissions. */
function guard(admits: Handlers['onAdmit']['guard']) {
  return definePlugin({
    name: 'guard',
    summary: 'Says who may come in',
    setup: () => ({ hooks: { onAdmit: { guard: admits } } }),
  });
}

/** Calls that wait until the test resumes them all. */
function gate() {
  const go = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  return {
    /** Resolves with the first call. */
    called: called.promise,
    open: () => go.resolve(),
    async pass(): Promise<undefined> {
      called.resolve();
      await go.promise;
    },
  };
}

describe('a slow guard', () => {
  test('refuses before the welcome, whatever the login was', async () => {
    let isShut = false;
    const shut = guard(async () => {
      await new Promise(setImmediate);
      return isShut ? blocked(30) : undefined;
    });
    await using server = await startServer({ guard: shut });
    await server.registers('alice');
    const first = server.connectJson();
    const token = await first.logsIn('alice', PASSWORD);
    await first.closes();
    isShut = true;
    const program = server.connectJson();
    program.says({ type: 'resume', token });
    await program.sees({ type: 'blocked', seconds: 30 });
    await program.isClosed();
    const person = server.connect();
    await person.says('alice', PASSWORD);
    await person.seesInOrder('password', '30');
    await person.isClosed();
    await server.reload({ openDoor });
    const guest = server.connect();
    await guest.says('alice');
    await guest.sees('blocked:30');
    await guest.isClosed();
    expect(server.failures).toEqual([]);
  });

  test('admits one of several simultaneous logins where a user may be connected once', async () => {
    const held = gate();
    // After single-session: all of them would pass it before the first is online.
    const slow = definePlugin({
      name: 'slow',
      summary: 'Admits alice slowly',
      setup: () => ({
        hooks: {
          onAdmit: { guard: async (_session, { name }) => (name === 'alice' ? held.pass() : undefined) },
        },
      }),
    });
    await using server = await startServer({ slow, openDoor });
    const clients = [server.connect('one'), server.connect('two'), server.connect('three')];
    for (const client of clients) await client.says('alice');
    await held.called;
    // By now the others are as far as they get.
    const bob = server.connect();
    await bob.says('bob', 'who');
    await bob.seesInOrder('welcome', 'bob');
    held.open();
    const answers = await Promise.all(clients.map((client) => client.sees(/./)));
    expect(answers.toSorted()).toEqual(['connected', 'connected', 'welcome']);
  });

  test('delays no login to another account, nor the next one to the same account once the first has left', async () => {
    const held = gate();
    let isHeld = true;
    const slow = guard(async (_session, { name }) => {
      if (name === 'alice' && isHeld) await held.pass();
      return undefined;
    });
    await using server = await startServer({ guard: slow });
    await server.registers('alice', 'bob');
    const gone = server.connect();
    await gone.says('alice', PASSWORD);
    await held.called;
    const bob = await server.returns('bob');
    await gone.closes();
    isHeld = false;
    held.open();
    await server.returns('alice');
    expect(await bob.asks('who')).toBe('bob alice');
    expect(server.failures).toEqual([]);
  });

  test('that refuses a returning client leaves the earlier session connected', async () => {
    let refuses = false;
    await using server = await startServer({ guard: guard(() => (refuses ? askUsername() : undefined)) });
    await server.registers('alice');
    const here = server.connectJson();
    const token = await here.logsIn('alice', PASSWORD);
    refuses = true;
    const other = server.connectJson();
    other.says({ type: 'resume', token });
    await other.sees({ type: 'ask', question: 'username' });
    await here.seesNothing();
  });
});
