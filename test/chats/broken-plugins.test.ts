import { setTimeout as after } from 'node:timers/promises';
import { defineCommand, definePlugin, Plugins } from 'chatserv';
import { startServer, type TestServer, VirtualClock } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** The logged failures of a plugin. */
function failuresOf(server: TestServer, plugin: string): string[] {
  return server.failures
    .filter(({ facts }) => facts.plugin === plugin)
    .map(({ text, facts }) => `${text}: ${(facts.err as Error).message}`);
}

/** Two unaffected users go on chatting. */
async function othersChatOn(server: TestServer): Promise<void> {
  const [dora, emil] = [await server.returns('dora'), await server.returns('emil')];
  await dora.says('message emil still there?');
  await dora.sees('sent:');
  await emil.hears('dora', 'still there?');
  await Promise.all([dora.closes(), emil.closes()]);
}

describe('a plugin that throws in set-up', () => {
  test('fails the start with an error that names it, and plugins set up before it are disposed', async () => {
    const disposed: string[] = [];
    const fine = definePlugin({
      name: 'a-fine',
      summary: 'Is set up first',
      setup: () => ({ dispose: () => void disposed.push('a-fine') }),
    });
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws in set-up',
      setup() {
        throw new Error('no such printer');
      },
    });
    await expect(startServer({ fine, broken })).rejects.toThrow(
      "The plugin 'broken' could not be set up: no such printer",
    );
    expect(disposed).toEqual(['a-fine']);
  });

  test('a set-up that never ends fails the start too', async () => {
    const clock = new VirtualClock();
    const stuck = definePlugin({
      name: 'stuck',
      summary: 'Waits for ever',
      setup() {
        setImmediate(() => clock.advance(1));
        return new Promise<undefined>(() => {});
      },
    });
    await expect(startServer({ stuck }, { setupTime: 100 }, clock)).rejects.toThrow(
      "The plugin 'stuck' could not be set up: it took longer than 100 ms (limits.setupTime)",
    );
  });
});

describe('a plugin that fails in onUsername', () => {
  test('by throwing: the name is asked for again, and other names can log in', async () => {
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws at one name',
      setup: () => ({
        hooks: {
          onUsername: {
            decide: {
              order: 'pre',
              handler(_session, name) {
                if (name === 'carol') throw new Error('carol is too much');
                return undefined;
              },
            },
          },
        },
      }),
    });
    await using server = await startServer({ broken });
    await server.registers('dora', 'emil');
    const carol = server.connect('carol');
    await carol.says('carol');
    await carol.sees('username');
    expect(failuresOf(server, 'broken')).toEqual(["onUsername of plugin 'broken' failed: carol is too much"]);
    await othersChatOn(server);
    await carol.registers('caroline', 'tea-at-four');
  });

  test('by never resolving: the name is asked for again after the time limit', async () => {
    const asked = Promise.withResolvers<void>();
    const broken = definePlugin({
      name: 'broken',
      summary: 'Never answers for one name',
      setup: () => ({
        hooks: {
          onUsername: {
            decide: {
              order: 'pre',
              handler(_session, name) {
                if (name !== 'carol') return undefined;
                asked.resolve();
                return new Promise(() => {});
              },
            },
          },
        },
      }),
    });
    await using server = await startServer({ broken });
    await server.registers('dora', 'emil');
    const carol = server.connect('carol');
    await carol.says('carol');
    await asked.promise;
    await othersChatOn(server);
    server.clock.advance(6);
    await carol.sees('username');
    expect(failuresOf(server, 'broken')).toEqual([
      "onUsername of plugin 'broken' failed: it took longer than 5000 ms (limits.handlerTime)",
    ]);
  });

  test('time that a handler waits for an answer does not count against its limit', async () => {
    const riddle = definePlugin({
      name: 'riddle',
      summary: 'Asks a riddle first',
      setup: () => ({
        hooks: {
          onUsername: {
            decide: {
              order: 'pre',
              async handler(session) {
                return (await session.ask('riddle')) === 'an egg'
                  ? undefined
                  : { kind: 'username', because: 'username' };
              },
            },
          },
        },
      }),
    });
    await using server = await startServer({ riddle, timeouts: { login: 3600 } });
    const carol = server.connect('carol');
    await carol.says('carol');
    await carol.sees('riddle');
    server.clock.advance(600);
    await carol.says('a stone');
    await carol.sees('username');
    await carol.says('carol');
    await carol.sees('riddle');
    // Handlers are timed in real time.
    await after(400);
    await carol.says('an egg');
    await carol.sees('register');
    expect(server.failures).toEqual([]);
    const { plugins } = (server.host.service(Plugins.service) as Plugins).facts();
    const [meter] = plugins.find(({ name }) => name === 'riddle')?.meters ?? [];
    expect(meter).toMatchObject({ what: 'onUsername', calls: 2 });
    expect(meter?.mean).toBeLessThan(150);
  });
});

describe('a plugin that throws in onDeliver', () => {
  test('the message is held for that recipient, the failure logged once, and the message delivered once the plugin recovers', async () => {
    let well = false;
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws at what is for bob',
      setup: () => ({
        hooks: {
          onDeliver(session) {
            if (!well && session.account?.name === 'bob') throw new Error('bob is too much');
            return undefined;
          },
        },
      }),
    });
    await using server = await startServer({ broken });
    await server.registers('dora', 'emil');
    const alice = await server.joins('alice');
    const bob = await server.joins('bob');
    for (const text of ['one', 'two']) {
      await alice.says(`message bob ${text}`);
      await alice.sees('sent:');
    }
    await bob.seesNothing();
    expect(failuresOf(server, 'broken')).toEqual(["onDeliver of plugin 'broken' failed: bob is too much"]);
    await othersChatOn(server);
    await alice.says('broadcast three');
    await alice.sees('sent:');
    well = true;
    await bob.says('fetch');
    await bob.sees('fetching');
    for (const text of ['one', 'two', 'three']) await bob.hears('alice', text);
    await alice.says('message bob four');
    await alice.sees('sent:');
    await bob.hears('alice', 'four');
    await bob.seesNothing();
  });
});

describe('a plugin whose command fails', () => {
  test('by throwing or rejecting: error:internal, and the session lives on', async () => {
    const crash = defineCommand({
      name: 'crash',
      summary: 'Throws',
      run() {
        throw new Error('crashed');
      },
    });
    const reject = defineCommand({
      name: 'reject',
      summary: 'Rejects',
      run: () => Promise.reject(new Error('rejected')),
    });
    await using server = await startServer({ crash, reject });
    await server.registers('dora', 'emil');
    const alice = await server.joins('alice');
    await alice.says('crash', 'reject', 'whoelse');
    await alice.seesInOrder('error:internal:crash', 'error:internal:reject', '');
    expect(failuresOf(server, 'crash')).toEqual(["command 'crash' of plugin 'crash' failed: crashed"]);
    expect(failuresOf(server, 'reject')).toEqual(["command 'reject' of plugin 'reject' failed: rejected"]);
    await othersChatOn(server);
  });

  test('by never resolving: error:internal after the time limit, and pipelined commands are answered then', async () => {
    const begun = Promise.withResolvers<void>();
    const stuck = defineCommand({
      name: 'stuck',
      summary: 'Never answers',
      run() {
        begun.resolve();
        return new Promise<string>(() => {});
      },
    });
    await using server = await startServer({ stuck });
    await server.registers('dora', 'emil');
    const alice = await server.joins('alice');
    await alice.says('stuck', 'who');
    await begun.promise;
    await othersChatOn(server);
    server.clock.advance(6);
    await alice.seesInOrder('error:internal:stuck', 'alice');
    expect(failuresOf(server, 'stuck')).toEqual([
      "command 'stuck' of plugin 'stuck' failed: it took longer than 5000 ms (limits.handlerTime)",
    ]);
  });
});

describe('a plugin that fails elsewhere', () => {
  test.each([
    ['onConnect', 'closing:internal'],
    ['onPassword', 'password'],
    ['onAdmit', 'username'],
  ] as const)('%s: the client is told %s', async (hook, told) => {
    let well = true;
    const fail = () => {
      if (!well) throw new Error('out of order');
      return undefined;
    };
    const broken = definePlugin({ name: 'broken', summary: 'Throws', setup: () => ({ hooks: { [hook]: fail } }) });
    await using server = await startServer({ broken });
    await server.registers('bob');
    well = false;
    const bob = server.connect('bob');
    if (hook !== 'onConnect') {
      await bob.says('bob');
      await bob.sees('password');
      await bob.says('tea-at-four');
    }
    await bob.sees(told);
    expect(failuresOf(server, 'broken')).toEqual([`${hook} of plugin 'broken' failed: out of order`]);
  });

  test.each(['onAuthFail', 'onLogin', 'onDelivered', 'onDisconnect'] as const)('%s: it goes on', async (hook) => {
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws',
      setup: () => ({
        hooks: {
          [hook]: () => {
            throw new Error('out of order');
          },
        },
      }),
    });
    await using server = await startServer({ broken });
    await server.registers('dora', 'emil', 'bob');
    const bob = server.connect('bob');
    await bob.says('bob', 'wrong', 'tea-at-four');
    await bob.seesInOrder('password', 'password', 'welcome');
    await othersChatOn(server);
    await bob.logsOut();
    expect(failuresOf(server, 'broken')).toContain(`${hook} of plugin 'broken' failed: out of order`);
  });

  test.each([
    ['onCommand', 'error:internal:who', 'error:internal:broadcast'],
    ['onMessage', 'alice', 'error:internal:broadcast'],
  ] as const)('%s: the sender is told, nothing is sent', async (hook, who, sent) => {
    let well = true;
    const broken = definePlugin({
      name: 'broken',
      summary: 'Throws',
      setup: () => ({
        hooks: {
          [hook]: () => {
            if (!well) throw new Error('out of order');
            return undefined;
          },
        },
      }),
    });
    await using server = await startServer({ broken });
    await server.registers('bob');
    const alice = await server.joins('alice');
    well = false;
    await alice.says('who', 'broadcast hi');
    await alice.seesInOrder(who, sent);
    well = true;
    const bob = await server.returns('bob');
    await bob.seesNothing();
  });
});
