import { defineCommand, definePlugin, OperationalError } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { alteredMemory } from '../support/altered-memory.ts';

const linesOf = (server: TestServer, event: string) => server.logged.filter(({ facts }) => facts.event === event);

describe('refused connections', () => {
  const plugins = { connections: { perNetwork: 2 }, timeouts: false };

  test('are logged one by one up to a limit, then as a count', async () => {
    await using server = await startServer(plugins);
    for (let i = 0; i < 2; i++) await server.connect('a guest', '198.51.100.1').asks('not a name');
    const before = server.logged.length;
    for (let i = 0; i < 100; i++) await server.connect('a guest', '198.51.100.1').sees('closing:too-many-connections');
    expect(server.logged.length - before).toBe(20);
    expect(linesOf(server, 'connection-refused')[0]).toMatchObject({
      level: 'info',
      facts: { address: '198.51.100.1', transport: 'memory', reason: 'too-many-connections' },
    });
    server.clock.advance(60);
    expect(server.logged.at(-1)).toEqual({
      level: 'info',
      facts: { event: 'log-suppressed', kind: 'connection-refused', lines: 80 },
      text: '80 more lines of this kind were suppressed',
    });
    await server.connect('a guest', '198.51.100.1').sees('closing:too-many-connections');
    expect(linesOf(server, 'connection-refused')).toHaveLength(21);
  });

  test('are logged with the reason, also where the client gets none', async () => {
    await using server = await startServer(plugins);
    for (let i = 0; i < 2; i++) await server.connect('a guest', '198.51.100.1').asks('not a name');
    const streams = Array.from({ length: 40 }, () => server.open('line', '198.51.100.1'));
    for (const stream of streams) stream.on('error', () => {});
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(linesOf(server, 'disconnect')).toEqual([]);
    expect(linesOf(server, 'connection')).toHaveLength(2);
    for (const { facts } of linesOf(server, 'connection-refused')) expect(facts.reason).toBe('too-many-connections');
  });

  test('do not include clients that leave during onConnect', async () => {
    const slow = definePlugin({
      name: 'slow',
      summary: 'Looks at connections for long',
      setup: () => ({ hooks: { onConnect: () => new Promise(() => {}) } }),
    });
    await using server = await startServer({ slow, timeouts: false });
    const guest = server.connect('a guest', '198.51.100.1');
    await guest.closes();
    expect(linesOf(server, 'connection-refused')).toEqual([]);
    expect(linesOf(server, 'connection')).toHaveLength(1);
    expect(linesOf(server, 'disconnect')[0]).toMatchObject({ facts: { reason: 'gone' } });
  });
});

/** A memory store that fails to append. */
function fullStore(cause: () => Error) {
  return alteredMemory(() => ({ messageLog: { append: () => Promise.reject(cause()) } }));
}

describe('messages that cannot be kept', () => {
  async function refuses(cause: () => Error, times: number) {
    const server = await startServer({ memory: false, 'full-store': fullStore(cause) });
    const [alice] = [await server.joins('alice'), await server.joins('bob')];
    for (let i = 0; i < times; i++) expect(await alice.asks('message bob hi')).toBe('error:internal:message');
    return server;
  }

  test('are logged without a stack up to a limit, then as a count', async () => {
    await using server = await refuses(() => new OperationalError('the disk is full'), 100);
    const lines = linesOf(server, 'plugin-error');
    expect(lines).toHaveLength(20);
    for (const { facts } of lines) {
      expect(facts).toMatchObject({ plugin: 'message', command: 'message', because: 'the disk is full' });
      expect(facts).not.toHaveProperty('err');
    }
    server.clock.advance(60);
    expect(server.failures.at(-1)?.facts).toEqual({
      event: 'log-suppressed',
      kind: 'plugin-error message message',
      lines: 80,
    });
  });

  test('because of a bug in the store are logged with its stack', async () => {
    await using server = await refuses(() => new TypeError('x is not a function'), 1);
    expect(linesOf(server, 'plugin-error')[0]?.facts.err).toBeInstanceOf(TypeError);
  });
});

test('each kind has its own limit, and every event is counted', async () => {
  const fails = (name: string) =>
    defineCommand({
      name,
      usage: name,
      summary: 'Fails',
      run() {
        throw new Error('on purpose');
      },
    });
  await using server = await startServer({ one: fails('one'), other: fails('other') });
  const alice = await server.joins('alice');
  for (let i = 0; i < 30; i++) await alice.asks('one');
  expect(await alice.asks('other')).toBe('error:internal:other');
  expect(linesOf(server, 'plugin-error').map(({ facts }) => facts.plugin)).toEqual([
    ...new Array(20).fill('one'),
    'other',
  ]);
});
