import { Accounts, definePlugin } from 'chatserv';
import { type OpenCarrier, overStream } from 'chatserv/client';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { alteredMemory } from '../../test/support/altered-memory.ts';
import { as, mapMemory, Talk } from '../../test/support/talk.ts';

describe('a connection', () => {
  test('that is lost is retried with a token, backing off', async () => {
    await using server = await startServer();
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    await alice.conversation.command('who');
    expect(alice.conversation.knowsOnline).toBe(true);
    alice.stream?.destroy();
    expect(await alice.is('lost')).toMatchObject({ seconds: 0.5 });
    expect(alice.conversation.knowsOnline).toBe(false);
    server.clock.advance(0.5);
    expect(await alice.is('online')).toEqual({ state: 'online', name: 'alice', back: true });
    // As soon as it has worked again, the next wait is a short one again.
    await alice.conversation.command('who');
    alice.stream?.destroy();
    expect(await alice.is('lost')).toMatchObject({ seconds: 0.5 });
    alice.conversation.tryNow();
    await alice.is('online');
    expect(server.failures).toEqual([]);
  });

  test('that cannot be made is retried up to twice a minute', async () => {
    await using server = await startServer();
    const open: OpenCarrier = () => {
      throw new Error('no');
    };
    const refused = { open, random: () => 0.999_999 };
    const alice = new Talk(server, { ...as('alice'), ...refused });
    for (let count = 0; count < 8; count++) {
      await alice.is('lost');
      server.clock.advance(31);
    }
    const waits = alice.states.flatMap((state) => (state.state === 'lost' ? [Math.round(state.seconds)] : []));
    expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('is retried while the server cannot look up the account, without asking the owner', async () => {
    let isAway = false;
    const store = alteredMemory(({ accounts }) => ({
      accounts: {
        find: async (name) => {
          if (isAway) throw new Error('The database is away.');
          return accounts.find(name);
        },
      },
    }));
    await using server = await startServer({ memory: false, store, resume: { lifetime: 1 } });
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    isAway = true;
    alice.stream?.destroy();
    await alice.is('lost');
    // Its token has expired by then.
    server.clock.advance(2);
    expect(await alice.is('lost')).toMatchObject({ why: 'busy' });
    isAway = false;
    server.clock.advance(31);
    expect(await alice.is('online')).toMatchObject({ back: true });
  });

  test('that nobody answers times out, and can be closed before', async () => {
    await using server = await startServer();
    const close = vi.fn();
    const alice = new Talk(server, { ...as('alice'), open: () => ({ send() {}, close }) });
    server.clock.advance(15);
    expect(alice.states.at(-1)).toMatchObject({ state: 'lost', why: 'no-answer' });
    expect(close).toHaveBeenCalledTimes(1);
    server.clock.advance(1);
    expect(alice.conversation.state).toEqual({ state: 'connecting' });
    alice.conversation.close();
    expect(close).toHaveBeenCalledTimes(2);
  });

  test('is not retried after another client took over, nor after goodbye', async () => {
    await using server = await startServer();
    const memory = mapMemory();
    const first = new Talk(server, { ...as('alice'), memory });
    await vi.waitFor(() => expect(memory.recall('alice')?.token).toBeDefined());
    const second = new Talk(server, { login: { name: 'alice' }, memory });
    expect(await first.conversation.over()).toEqual({ state: 'closed', why: 'replaced' });
    await second.is('online');
    expect(await second.conversation.leave()).toEqual({ state: 'closed', why: 'goodbye' });
  });

  test('is not retried after the account was signed out everywhere', async () => {
    await using server = await startServer({ 'single-session': false });
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    await alice.conversation.command('who');
    const elsewhere = await server.returns('alice');
    expect(await elsewhere.asks('logout everywhere')).toBe('goodbye');
    expect(await alice.conversation.over()).toEqual({ state: 'closed', why: 'signed-out' });
  });

  test('that the server closes at a shutdown is retried', async () => {
    const server = await startServer();
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    await server[Symbol.asyncDispose]();
    expect(await alice.is('lost')).toMatchObject({ why: 'shutdown' });
  });

  test('with a peer that is gone is noticed', async () => {
    await using server = await startServer();
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    await alice.conversation.command('who');
    // Nothing that is sent arrives any more.
    if (alice.stream) alice.stream.write = () => true;
    server.clock.advance(50);
    expect(alice.conversation.state).toMatchObject({ state: 'lost', why: 'no-answer' });
    server.clock.advance(1);
    await alice.is('online');
  });

  test('that is idle for long is used to ask for the commands again', async () => {
    const dealer = definePlugin({
      name: 'dealer',
      summary: 'Deals cards',
      needs: { accounts: Accounts },
      setup: ({ accounts }) => ({
        commands: [
          { name: 'deal', usage: 'deal', summary: 'Deals', role: 'dealer', run: () => 'dealt' },
          ...Object.entries({ promote: ['dealer'], demote: [] }).map(([name, roles]) => ({
            name,
            usage: name,
            summary: 'Sets who deals',
            run: async ({ account }: { readonly account: { readonly id: number } }) => {
              await accounts.setRoles(account.id, roles);
              return 'done';
            },
          })),
        ],
      }),
    });
    await using server = await startServer({ dealer });
    const alice = new Talk(server, as('alice'));
    const names = () => alice.conversation.commands.map(({ name }) => name);
    await vi.waitFor(() => expect(names()).toContain('promote'));
    expect(names()).not.toContain('deal');
    await alice.conversation.command('promote');
    server.clock.advance(61);
    await vi.waitFor(() => expect(names()).toContain('deal'));
    await alice.conversation.command('demote');
    await alice.conversation.command('help');
    expect(names()).not.toContain('deal');
  });

  test('leaves time to withdraw requests not sent yet', async () => {
    await using server = await startServer();
    await server.registers('bob');
    const alice = new Talk(server, as('alice'));
    await alice.is('online');
    await alice.conversation.message(['bob'], 'sent');
    alice.stream?.destroy();
    await alice.is('lost');
    const taken = expect(alice.conversation.message(['bob'], 'not sent')).rejects.toMatchObject({
      reason: 'withdrawn',
    });
    expect(alice.conversation.withdraw()).toBe(1);
    await taken;
    expect(alice.conversation.withdraw()).toBe(0);
  });

  test.each([
    'SSH-2.0-OpenSSH_10.0',
    '{"type":"message","id":1,"from":"bob","audience":"everyone","text":"","time":"soon","repeat":false}',
  ])('to something else, which sends %s, is given up', async (line) => {
    await using server = await startServer();
    const alice = new Talk(server, {
      ...as('alice'),
      open: (events) => {
        setImmediate(() => events.line(line));
        return { send() {}, close() {} };
      },
    });
    expect(await alice.conversation.over()).toMatchObject({ why: 'no-json' });
  });
});

describe('a connection that is cut in the middle of messages, again and again', () => {
  test.each([1, 2, 3, 4])('loses nothing and shows nothing twice (%i)', async (seed) => {
    // The clock runs much faster than the machine may hash passwords.
    const patient = { password: { memory: 8192, passes: 1, waitTime: 86_400 }, timeouts: { login: 86_400 } };
    await using server = await startServer(patient, { handlerTime: 86_400_000 });
    await server.registers('alice', 'bob');
    const chance = randomOf(seed);
    const sent: { text: string; key: string; again?: true }[] = [];
    const alice = new Talk(server, { ...as('alice'), open: flaky(server, chance, sent) });
    const bob = new Talk(server, { ...as('bob'), open: flaky(server, chance, []) });
    const texts = Array.from({ length: 40 }, (_, index) => `m${index}`);
    for (const text of texts) alice.conversation.message(['bob'], text).catch(() => {});
    await vi.waitFor(
      () => {
        server.clock.advance(0.3);
        for (const { conversation } of [alice, bob]) conversation.tryNow();
        expect(alice.conversation.pending).toBe(0);
        expect(bob.texts.at(-1)).toBe(texts.at(-1));
      },
      { timeout: 15_000, interval: 5 },
    );
    expect(bob.texts).toEqual(texts);
    // Each message has one key, however often it is sent, and says so when it is sent again.
    const keys = Map.groupBy(sent, ({ key }) => key);
    expect(keys.size).toBe(texts.length);
    for (const [, [first, ...more]] of keys) {
      expect(first).not.toHaveProperty('again');
      expect(more.every(({ text, again }) => text === first?.text && again)).toBe(true);
    }
    expect(sent.length).toBeGreaterThan(texts.length);
  });
});

/** Cuts connections at random, before or after a line in either direction. */
function flaky(server: TestServer, chance: () => number, sent: object[]): OpenCarrier {
  const open = overStream(() => server.open());
  let cuts = 0;
  const cutsNow = () => chance() < 0.08 && cuts++ < 40;
  return (events) => {
    let gone = false;
    const cut = () => {
      gone = true;
      carrier.close();
    };
    const carrier = open({
      opened: () => events.opened(),
      line(text) {
        if (!gone && cutsNow()) cut();
        if (gone) return;
        events.line(text);
        if (cutsNow()) cut();
      },
      closed: (why) => events.closed(why),
    });
    return {
      send(line) {
        const event = JSON.parse(line);
        if (event.type === 'message') sent.push(event);
        if (!gone && cutsNow()) cut();
        if (gone) return;
        carrier.send(line);
        if (cutsNow()) setImmediate(cut);
      },
      close: () => carrier.close(),
    };
  };
}

/** Random numbers that are the same in each run: Lehmer's generator. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
