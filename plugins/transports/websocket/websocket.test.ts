import { on, once } from 'node:events';
import { PASSWORD, startServer, type TestPlugins } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { tersePlugin } from '../../../test/support/terse-codec.ts';
import { connectWeb, openWebSocket } from '../../../test/support/web-client.ts';

async function start(websocket: object = {}, limits = {}, http: object = {}, plugins: TestPlugins = {}) {
  const server = await startServer({ http: { port: 0, ...http }, websocket, ...plugins }, limits);
  return { server, where: server.listening.get('http') ?? '' };
}

/** How a handshake is refused. */
async function refusal(where: string, options: object): Promise<string> {
  return openWebSocket(where, options).then(
    (socket) => {
      socket.terminate();
      return 'opened';
    },
    (cause: Error) => cause.message,
  );
}

describe('websocket', () => {
  test('a browser, a program and a person with nc talk to each other', async () => {
    const { server, where } = await start();
    await using _ = server;
    const [alice, program, nc] = [await connectWeb(where), server.connectJson(), await server.joins('nc')];
    alice.says({ type: 'register', request: 1, name: 'alice', password: PASSWORD });
    await alice.sees({ type: 'welcome', request: 1, name: 'alice' });
    await alice.seesToken();
    program.says({ type: 'register', name: 'program', password: PASSWORD });
    await program.sees({ type: 'welcome' });
    await program.seesToken();
    alice.says({ type: 'message', request: 2, to: 'everyone', text: 'naïve ☃' });
    await alice.sees({ type: 'answer', request: 2, text: 'sent:' });
    await program.sees({ type: 'message', from: 'alice', text: 'naïve ☃' });
    await nc.hears('alice', 'naïve ☃');
    for (let i = 0; i < 100; i++) await nc.says(`message alice ${i}`);
    for (let i = 0; i < 100; i++) await alice.sees({ type: 'message', from: 'nc', text: String(i) });
    for (let i = 0; i < 100; i++) await nc.sees('sent:');
    await alice.closes();
    await nc.asksUntil('wholast 1', /alice/);
  });

  test('what is not acknowledged comes again after a lost connection, in place of the old one', async () => {
    const { server, where } = await start();
    await using _ = server;
    const [first, bob] = [await connectWeb(where), await server.joins('bob')];
    first.says({ type: 'register', name: 'alice', password: PASSWORD });
    await first.sees({ type: 'welcome' });
    const token = await first.seesToken();
    await bob.asks('message alice hello');
    await first.sees({ type: 'message', text: 'hello', repeat: false });
    const second = await connectWeb(where);
    await second.resumes(token);
    await first.sees({ type: 'closing', reason: 'replaced' });
    await first.isClosed();
    await second.sees({ type: 'message', text: 'hello', repeat: true });
  });

  test('a page of another origin is refused unless it is listed', async () => {
    const { server, where } = await start({ origins: ['https://chat.example'] });
    await using _ = server;
    expect(await refusal(where, { origin: 'https://evil.example' })).toMatch(/403/);
    expect(await refusal(where, { origin: 'null' })).toMatch(/403/);
    expect(await refusal(where, { origin: 'https://chat.example' })).toBe('opened');
    expect(await refusal(where, { origin: `http://${where}` })).toBe('opened');
    expect(await refusal(where, {})).toBe('opened');
  });

  test('an origin matches in any spelling, with or without its default port', async () => {
    for (const listed of ['https://chat.example/', 'HTTPS://Chat.Example', 'https://chat.example:443']) {
      const { server, where } = await start({
        origins: [listed, 'chrome-extension://ABC', 'http://bücher.example:8080'],
      });
      await using _ = server;
      for (const origin of ['https://chat.example', 'chrome-extension://abc', 'http://xn--bcher-kva.example:8080']) {
        expect(await refusal(where, { origin }), `${origin} where ${listed} is listed`).toBe('opened');
      }
      for (const origin of ['http://chat.example', 'https://chat.example:8443', 'https://chat.example.evil.example']) {
        expect(await refusal(where, { origin }), origin).toMatch(/403/);
      }
    }
    const { server, where } = await start({}, {}, { hosts: ['chat.example'] });
    await using _ = server;
    for (const [origin, host] of [
      ['https://chat.example', 'chat.example'],
      ['https://chat.example', 'chat.example:443'],
      ['http://chat.example', 'chat.example:80'],
      ['http://chat.example:8080', 'Chat.Example:8080'],
    ] as const) {
      expect(await refusal(where, { origin, headers: { host } }), `${origin} at ${host}`).toBe('opened');
    }
    for (const [origin, host] of [
      ['https://chat.example', 'chat.example:80'],
      ['http://chat.example', 'chat.example:443'],
      ['https://evil.example', 'chat.example'],
    ] as const) {
      expect(await refusal(where, { origin, headers: { host } }), `${origin} at ${host}`).toMatch(/403/);
    }
  });

  test.each(['chat.example', 'https://', 'https://chat.example/chat', 'wss://chat.example', 'a b', ''])(
    'what is no origin is a config error: %j',
    async (origin) => {
      await expect(start({ origins: [origin] })).rejects.toThrow(
        /plugins\.websocket\.origins.*as https:\/\/chat\.example/,
      );
    },
  );

  test('a message that is too large ends its connection, and a line that is too long is answered', async () => {
    const { server, where } = await start({ messageBytes: 10_000 });
    await using _ = server;
    const client = await connectWeb(where);
    client.says('x'.repeat(9_000));
    await client.sees({ type: 'error', reason: 'line', about: 'too-long' });
    const socket = await openWebSocket(where);
    const closed = once(socket, 'close');
    socket.send('x'.repeat(10_001));
    expect((await closed)[0]).toBe(1009);
  });

  test('fragments are joined, binary messages are read like text, and invalid UTF-8 ends the connection', async () => {
    const { server, where } = await start();
    await using _ = server;
    const socket = await openWebSocket(where);
    const [login, rest] = ['{"type":"login","request":1,', '"name":"nobody","password":"x"}'];
    for (const send of [
      () => {
        socket.send(login, { fin: false });
        socket.send(rest);
      },
      () => socket.send(Buffer.from(login + rest)),
    ]) {
      const said = once(socket, 'message');
      send();
      expect(JSON.parse(String((await said)[0]))).toMatchObject({ type: 'ask', request: 1, question: 'register' });
    }
    const closed = once(socket, 'close');
    socket.send(Buffer.of(0xff, 0xfe), { binary: false });
    expect((await closed)[0]).toBe(1007);
  });

  test('a client speaks the codec whose subprotocol it asks for, in messages of its type', async () => {
    const terse = tersePlugin({
      subprotocols: { 'text.terse': 'text', 'binary.terse': 'binary' },
      message: ({ from, text }) => `${from.name}> ${text}\r\n`,
    });
    const { server, where } = await start({}, {}, {}, { terse });
    await using _ = server;
    const alice = await server.joins('alice');
    await server.registers('bob');
    for (const [offered, chosen, binary] of [
      [['text.terse'], 'text.terse', false],
      [['unknown', 'binary.terse', 'text.terse'], 'binary.terse', true],
    ] as const) {
      const socket = await openWebSocket(where, {}, '/ws', offered);
      expect(socket.protocol).toBe(chosen);
      const messages = on(socket, 'message');
      for (const [sent, answers] of [
        [`login bob ${PASSWORD}\r\n`, ['. welcome', '. ready']],
        ['ping 1\n', ['pong 1']],
      ] as const) {
        socket.send(Buffer.from(sent), { binary });
        for (const answer of answers)
          expect((await messages.next()).value?.map(String)).toEqual([answer, String(binary)]);
      }
      await alice.asks('message bob hi');
      expect((await messages.next()).value?.map(String)).toEqual(['alice> hi', String(binary)]);
      const closed = once(socket, 'close');
      socket.send('logout');
      await closed;
    }
    const json = await openWebSocket(where, {}, '/ws', ['unknown']);
    expect(json.protocol).toBe('unknown');
    const said = once(json, 'message');
    json.send('{}');
    expect(JSON.parse(String((await said)[0]))).toMatchObject({ type: 'error' });
    json.terminate();
  });

  test('line ends inside a message do not end the line', async () => {
    const { server, where } = await start();
    await using _ = server;
    const client = await connectWeb(where);
    client.says('{"type":"login",\n\n"request":1,"name":"nobody","password":"x"}');
    await client.sees({ type: 'ask', request: 1, question: 'register' });
  });

  test('pings and pongs count as lines, and normal use stays below the limit', async () => {
    const { server, where } = await start({}, { linesPerSecond: 2, lineBurst: 10 });
    await using _ = server;
    const socket = await openWebSocket(where);
    const pongs = async () => {
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    };
    for (let second = 0; second < 100; second++) {
      await pongs();
      server.clock.advance(0.5);
    }
    const closed = once(socket, 'close');
    let pings = 0;
    socket.on('message', (data) => {
      if (String(data).includes('too-fast')) pings = Number.POSITIVE_INFINITY;
    });
    for (; pings < 100 && socket.readyState === socket.OPEN; pings++) {
      socket[pings % 2 === 0 ? 'ping' : 'pong']();
      await new Promise(setImmediate);
    }
    expect(pings).toBe(Number.POSITIVE_INFINITY);
    socket.terminate();
    await closed;
    expect(server.limitHits).toEqual({ 'too-fast': 1 });
  });

  test('a client that does not answer a ping is cut, and one that does stays', async () => {
    const { server, where } = await start({ pingTime: 10 });
    await using _ = server;
    const [dead, alive] = [await openWebSocket(where, { autoPong: false }), await openWebSocket(where)];
    const [cut, asked, answered] = [once(dead, 'close'), once(dead, 'ping'), once(alive, 'ping')];
    server.clock.advance(10);
    await Promise.all([asked, answered]);
    // The pong is on its way before this question, whose answer shows that it has arrived.
    const said = once(alive, 'message');
    alive.send('{}');
    await said;
    const askedAgain = once(alive, 'ping');
    server.clock.advance(10);
    expect((await cut)[0]).toBe(1006);
    await askedAgain;
    alive.terminate();
  });

  test('at a shutdown a client is told, and its connection closes in order', async () => {
    const { server, where } = await start();
    const socket = await openWebSocket(where);
    const [said, closed] = [once(socket, 'message'), once(socket, 'close')];
    const stopped = server.host.stop('shutdown');
    expect(JSON.parse(String((await said)[0]))).toMatchObject({ type: 'closing', reason: 'shutdown' });
    expect((await closed)[0]).toBe(1000);
    await stopped;
  });

  test('a client that does not read is not read either, and is cut as too slow once output cannot wait', async () => {
    // Nothing keeps messages, so that they cannot wait in an inbox.
    const { server, where } = await start(
      {},
      { outboxBytes: 65_536, linesPerSecond: 0, bytesPerSecond: 0 },
      {},
      { 'offline-messages': false },
    );
    await using _ = server;
    const [slow, alice] = [await openWebSocket(where), await server.joins('alice')];
    const welcomed = once(slow, 'message');
    slow.send(JSON.stringify({ type: 'register', name: 'slow', password: PASSWORD }));
    await welcomed;
    await alice.asksUntil('whoelse', 'slow');
    slow.pause();
    const closed = () => server.logged.some(({ facts }) => facts.reason === 'too-slow');
    // Each of these is answered with kilobytes, and no answer is read.
    for (let i = 0; i < 5_000; i++) slow.send(JSON.stringify({ type: 'command', request: i, name: 'help', text: '' }));
    for (let i = 0; i < 1_000; i++) expect(await alice.asks('who')).toMatch(/slow/);
    expect(closed()).toBe(false);
    for (let i = 0; i < 50_000 && !closed(); i++) await alice.asks(`broadcast ${'x'.repeat(4000)}`);
    slow.terminate();
    expect(closed()).toBe(true);
  });
});
