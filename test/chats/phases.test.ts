import { type AccountChange, blocked, definePlugin, type HookHandlers, refuse, reserve } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

function handling(name: string, hooks: HookHandlers) {
  return definePlugin({ name, summary: 'Handles hooks', setup: () => ({ hooks }) });
}

/** A promise that the test resolves. */
function held<T>() {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, resolve };
}

describe('guards', () => {
  test('all run in order, and the first refusal is the answer', async () => {
    const ran: string[] = [];
    const first = handling('first', {
      onMessage: {
        async guard() {
          await new Promise(setImmediate);
          ran.push('first');
          return refuse('first');
        },
      },
    });
    const second = handling('second', {
      onMessage: {
        guard() {
          ran.push('second');
          return refuse('second');
        },
      },
    });
    await using server = await startServer({ first, second });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('message bob hi')).toBe('error:first:message');
    expect(await alice.asks('message bob hi')).toBe('error:first:message');
    expect(ran).toEqual(['first', 'second', 'first', 'second']);
    await bob.seesNothing();
  });

  test('after a refusal delay no answer', async () => {
    const never = handling('never', { onMessage: { guard: () => new Promise(() => {}) } });
    const no = handling('no', { onMessage: { guard: () => refuse('no') } });
    await using server = await startServer({ no, never });
    const alice = await server.joins('alice');
    expect(await alice.asks('message alice hi')).toBe('error:no:message');
  });

  test('that reserve are told the outcome, once each', async () => {
    const outcomes: unknown[] = [];
    const reserving = handling('reserving', {
      onMessage: { guard: ({ text }) => reserve((outcome) => outcomes.push([text, outcome])) },
      onCommand: { guard: (_session, { rest }) => reserve((outcome) => outcomes.push([rest, outcome])) },
    });
    const picky = handling('picky', {
      onMessage: {
        guard: ({ text }) => (text === 'darn' ? refuse('word') : undefined),
      },
    });
    const late = handling('late', {
      onMessage: { guard: { order: 'post', handler: async () => reserve((outcome) => outcomes.push(outcome)) } },
    });
    await using server = await startServer({ reserving, picky, late });
    const [alice] = [await server.joins('alice'), await server.joins('bob')];
    await alice.says('message bob darn', 'message bob well');
    await alice.seesInOrder('error:word:message', 'sent:');
    // The next command begins once the last one is done.
    await alice.asks('who');
    const no = refuse('word');
    expect(outcomes.filter((outcome) => Array.isArray(outcome))).toEqual([
      ['darn', no],
      ['bob darn', no],
      ['well', undefined],
      ['bob well', expect.objectContaining({ text: 'sent:' })],
      ['', expect.objectContaining({ text: 'alice bob' })],
    ]);
    expect(outcomes.filter((outcome) => !Array.isArray(outcome))).toEqual([no, undefined]);
    expect(server.failures).toEqual([]);
  });

  test('that reserve too late are settled at once, and a settle that throws is a failure of the plugin', async () => {
    const slow = held<ReturnType<typeof reserve>>();
    const settled = held<unknown>();
    const late = handling('late', { onMessage: { guard: () => slow.promise } });
    const broken = handling('broken', {
      onCommand: {
        guard: () =>
          reserve(() => {
            throw new Error('on purpose');
          }),
      },
    });
    await using server = await startServer({ late, broken });
    const alice = await server.joins('alice');
    await alice.says('message alice hi');
    server.clock.advance(6);
    await alice.sees('error:internal:message');
    slow.resolve(reserve((outcome) => settled.resolve(outcome)));
    expect(await settled.promise).toBeUndefined();
    expect(server.failures.map(({ text }) => text)).toContain("onCommand of plugin 'broken' failed");
  });

  test('of names and passwords run before any login decides, and are told its decision', async () => {
    const outcomes: unknown[] = [];
    const seen: unknown[] = [];
    const counting = handling('counting', {
      onUsername: { guard: () => reserve((outcome) => outcomes.push(outcome?.kind)) },
      onPassword: {
        guard: () => reserve((outcome) => outcomes.push(outcome)),
        observe(_session, { name }, decision) {
          seen.push([name, decision]);
          return undefined;
        },
      },
    });
    const shut = handling('shut', {
      onPassword: { guard: (_session, _account, secret) => (secret === 'shut' ? blocked(9) : undefined) },
    });
    await using server = await startServer({ counting, shut });
    await server.registers('alice');
    outcomes.splice(0);
    seen.splice(0);
    const alice = server.connect();
    await alice.says('alice', 'wrong', PASSWORD);
    await alice.seesInOrder('password', 'password', 'welcome');
    const other = server.connect();
    await alice.logsOut();
    await other.says('alice', 'shut');
    await other.seesInOrder('password', '9');
    expect(outcomes).toEqual(['password', 'wrong', 'right', 'password', blocked(9)]);
    expect(seen).toEqual([
      ['alice', 'wrong'],
      ['alice', 'right'],
      ['alice', blocked(9)],
    ]);
  });
});

describe('a draft', () => {
  test('can be rewritten in transform only', async () => {
    const rewriting = handling('rewriting', {
      onMessage: {
        guard(message) {
          if (message.text === 'guard') (message as { text: string }).text = 'rewritten';
          return undefined;
        },
        transform(message) {
          message.text = message.text.toUpperCase();
          return undefined;
        },
      },
      onCommand: {
        transform(_session, call) {
          call.rest = call.rest.replace('bob', 'carol');
          return undefined;
        },
        decide(_session, call) {
          if (call.rest === 'carol decide') (call as { rest: string }).rest = 'bob decide';
          return undefined;
        },
      },
    });
    await using server = await startServer({ rewriting });
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await alice.says('message bob hi', 'message bob decide', 'message bob guard');
    await alice.seesInOrder('sent:', 'error:internal:message', 'error:internal:message');
    await carol.hears('alice', 'HI');
    await carol.seesNothing();
    expect(server.failures.map(({ facts }) => [facts.phase, (facts.err as Error).message])).toEqual([
      ['decide', "a command's `rest` can be set in the phase `transform` of onCommand only"],
      ['guard', "a message's `text` can be set in the phase `transform` of onMessage only"],
    ]);
  });

  test('an answer returned from transform decides nothing', async () => {
    const odd = handling('odd', { onMessage: { transform: (() => refuse('no')) as never } });
    await using server = await startServer({ odd });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('message bob hi')).toBe('sent:');
    await bob.hears('alice', 'hi');
    expect(server.failures.map(({ text }) => text)).toEqual([
      "onMessage of plugin 'odd' returned an object with kind, reason, which is not a decision: allowed is nothing",
    ]);
  });
});

test('observers are told each command’s answer, and delay none', async () => {
  const seen: unknown[] = [];
  const watching = handling('watching', {
    onCommand: {
      observe(_session, { command, rest }, reply) {
        seen.push([command, rest, reply]);
        return new Promise(() => {});
      },
    },
  });
  const deciding = handling('deciding', {
    onCommand: { decide: (_session, { command }) => (command === 'whoelse' ? 'nobody' : undefined) },
  });
  await using server = await startServer({ watching, deciding });
  const alice = await server.joins('alice');
  await alice.says('whoelse', 'wholast');
  await alice.seesInOrder('nobody', 'error:args:wholast');
  expect(seen).toEqual([
    ['whoelse', '', 'nobody'],
    ['wholast', '', expect.objectContaining({ reason: 'args' })],
  ]);
});

test('observers of accounts are told of a registration', async () => {
  const changes: [string, AccountChange][] = [];
  const watching = handling('watching', {
    onAccountChange(account, change) {
      changes.push([account.name, change]);
      return undefined;
    },
  });
  await using server = await startServer({ watching });
  const alice = server.connect();
  await alice.registers('alice', PASSWORD);
  expect(changes).toEqual([['alice', 'registered']]);
});

describe('filters', () => {
  test('decide which calls reach a handler, in each phase, and also where handlers are synchronous', async () => {
    const called: string[] = [];
    const note = (what: string, { text }: { readonly text: string }) => void called.push(`${what} ${text}`);
    const choosy = handling('choosy', {
      onMessage: {
        guard: {
          filter: ({ text }) => text.startsWith('no'),
          handler(message) {
            note('guard', message);
            return message.text === 'no way' ? refuse('no') : undefined;
          },
        },
        transform: {
          order: 'post',
          filter: ({ text }) => text === 'now',
          handler(message) {
            message.text = 'soon';
            return undefined;
          },
        },
      },
      onDeliver: {
        guard: {
          filter: (_session, { text }) => text === 'hidden',
          handler(_session, message) {
            note('deliver', message);
            return 'drop';
          },
        },
      },
    });
    await using server = await startServer({ choosy });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    for (const [text, answer] of [
      ['hi', 'sent:'],
      ['no way', 'error:no:message'],
      ['now', 'sent:'],
      ['hidden', 'sent:'],
    ]) {
      expect(await alice.asks(`message bob ${text}`)).toBe(answer);
    }
    await bob.hears('alice', 'hi');
    await bob.hears('alice', 'soon');
    await bob.seesNothing();
    expect(called).toEqual(['guard no way', 'guard now', 'deliver hidden']);
  });

  test('that throw let the call through', async () => {
    const broken = handling('broken', {
      onMessage: {
        guard: {
          filter: () => {
            throw new Error('broken');
          },
          handler: ({ text }) => (text === 'hi' ? undefined : refuse('no')),
        },
      },
    });
    await using server = await startServer({ broken });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('message bob hi')).toBe('sent:');
    expect(await alice.asks('message bob ho')).toBe('error:no:message');
    await bob.hears('alice', 'hi');
    await bob.seesNothing();
  });

  test('must be synchronous', async () => {
    const late = handling('late', {
      onMessage: { guard: { filter: (async () => false) as never, handler: () => refuse('no') } },
    });
    await expect(startServer({ late })).rejects.toThrow(
      'expected a function that is not async: this filter is not awaited',
    );
  });
});
