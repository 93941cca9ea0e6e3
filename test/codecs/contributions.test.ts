import { type Codec, type CodecState, definePlugin, type Output, type Session } from 'chatserv';
import { LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { tersePlugin, terseState } from '../support/terse-codec.ts';

function connect(server: TestServer, codec = 'terse'): LineClient {
  return new LineClient(server.open(codec), 'a terse client');
}

async function joinsTersely(server: TestServer, name: string): Promise<LineClient> {
  const client = connect(server);
  client.name = name;
  await client.says(`login ${name} ${PASSWORD}`);
  await client.seesInOrder('. welcome', '. ready');
  return client;
}

describe('a line', () => {
  test('of several commands is answered in order, with a reply of the codec in its place', async () => {
    await using server = await startServer({ terse: tersePlugin() });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('who;nonsense;ping 1;message nobody hi;ping 2', '', ';', 'whoelse');
    await alice.seesInOrder('= alice', '! command nonsense', 'pong 1', '= sent:nobody', 'pong 2', '= ');
    await alice.closes();
  });

  test('of several commands that came too fast is refused command by command', async () => {
    await using server = await startServer({ terse: tersePlugin() }, { lineBurst: 5, linesPerSecond: 1 });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('', '', '', 'who', 'who;who;ping');
    await alice.seesInOrder('= alice', '! rate who', '! rate who', 'pong ');
    expect(server.limitHits['lines-per-second']).toBe(1);
    await alice.closes();
  });

  test('may be longer than the limit where the codec says so, also for a client that it claimed', async () => {
    const terse = tersePlugin({ lineBytes: 200, claims: (line) => line.startsWith('login ') });
    await using server = await startServer({ terse }, { lineBytes: 64 });
    await server.registers('alice');
    const alice = connect(server, 'line');
    const [most, tooLong] = ['x'.repeat(194), 'x'.repeat(195)];
    await alice.says(`login alice ${PASSWORD}`, `ping ${most}`, `ping ${tooLong}`, 'who');
    await alice.seesInOrder('. welcome', '. ready', `pong ${most}`, '= alice');
    expect(server.limitHits['line-bytes']).toBe(1);
    await alice.closes();
  });

  test('that does not answer the open question is an error', async () => {
    const ask = definePlugin({
      name: 'ask',
      summary: 'Asks',
      setup: () => ({
        commands: [
          {
            name: 'ask',
            summary: 'Asks for a colour',
            run: async ({ session }) => `likes ${await session.ask('colour')}`,
          },
        ],
      }),
    });
    const decode: CodecState['decode'] = (line, question) =>
      'text' in line && line.text === '!who'
        ? [{ kind: 'command', word: 'who', rest: '' }]
        : terseState.decode(line, question);
    await using server = await startServer({ terse: tersePlugin({ open: () => ({ ...terseState, decode }) }), ask });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('ask', '!who', 'red', '!who');
    await alice.seesInOrder('? colour', '! unexpected command', '= likes red', '= alice');
    await alice.closes();
  });
});

describe('a login', () => {
  test('with a wrong password asks for the password, and another login starts over', async () => {
    await using server = await startServer({ terse: tersePlugin() });
    await server.registers('alice', 'bob');
    const client = connect(server);
    await client.says('login alice wrong-password');
    await client.sees('? password');
    await client.says(`login bob ${PASSWORD}`);
    await client.seesInOrder('. welcome', '. ready');
    await client.says('who');
    await client.sees('= bob');
    await client.closes();
  });

  test('answers no further question once the client has answered one: its password was for another name', async () => {
    await using server = await startServer({ terse: tersePlugin() });
    await server.registers('alice');
    const client = connect(server);
    await client.says(`login nobody ${PASSWORD}`, 'n', 'alice', PASSWORD);
    await client.seesInOrder('? register', '? username', '? password', '. welcome');
    await client.closes();
  });

  test('after the welcome is an error', async () => {
    await using server = await startServer({ terse: tersePlugin() });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says(`login alice ${PASSWORD}`, 'who');
    await alice.seesInOrder('! unexpected login', '= alice');
    await alice.closes();
  });
});

describe('a message', () => {
  test('is rendered once for each set of capabilities, around the name of each recipient', async () => {
    let rendered = 0;
    const terse = tersePlugin({
      open(session) {
        let capabilities = '';
        return {
          ...terseState,
          decode(line, question) {
            if ('text' in line && line.text === 'loud') capabilities = 'loud';
            return terseState.decode(line, question);
          },
          get capabilities() {
            return capabilities;
          },
          get recipient() {
            return session.account?.name;
          },
        };
      },
      message({ text }, capabilities) {
        rendered++;
        return ['to ', `: ${capabilities === 'loud' ? text.toUpperCase() : text}\n`];
      },
    });
    await using server = await startServer({ terse });
    await server.registers('alice', 'bob', 'carol', 'dave');
    const alice = await server.returns('alice');
    const others = [await joinsTersely(server, 'bob'), await joinsTersely(server, 'carol')];
    const dave = await joinsTersely(server, 'dave');
    await dave.says('loud');
    await dave.sees('! command loud');
    await alice.says('broadcast hi');
    await alice.sees('sent:');
    for (const client of others) await client.sees(`to ${client.name}: hi`);
    await dave.sees('to dave: HI');
    expect(rendered).toBe(2);
    for (const client of [alice, dave, ...others]) await client.closes();
  });

  test('of a polling codec waits for the poll, and more than outboxBytes of unstored messages close it', async () => {
    const poll: CodecState['decode'] = (line, question) =>
      'text' in line && line.text === 'poll' ? [{ kind: 'poll' }] : terseState.decode(line, question);
    const terse = tersePlugin({ pollsForMessages: true, open: () => ({ ...terseState, decode: poll }) });
    await using server = await startServer({ terse, 'offline-messages': false }, { outboxBytes: 4096 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = await joinsTersely(server, 'bob');
    await alice.says('message bob one', 'message bob two');
    await alice.seesInOrder('sent:', 'sent:');
    await bob.says('who', 'poll');
    await bob.seesInOrder('= alice bob', 'alice> one', 'alice> two', '. ready');
    const text = 'x'.repeat(1000);
    for (let count = 0; count < 5; count++) expect(await alice.asks(`message bob ${text}`)).toMatch(/^sent:/);
    await bob.sees('. closing');
    await bob.isClosed();
    expect(server.limitHits['outbox-bytes']).toBe(1);
    await alice.closes();
  });
});

describe('a codec that throws closes that session and no other', () => {
  const fail = (): never => {
    throw new Error('out of order');
  };

  test.each<[string, Partial<Codec>]>([
    ['as it decodes', { open: () => ({ ...terseState, decode: fail }) }],
    ['as it decodes to no list', { open: () => ({ ...terseState, decode: () => undefined as never }) }],
    [
      'as it encodes the welcome',
      {
        open: () => ({
          ...terseState,
          encode: (output) => (output.kind === 'welcome' ? fail() : terseState.encode(output)),
        }),
      },
    ],
    ['as it renders a message', { message: fail }],
    ['as it opens', { open: fail }],
  ])('%s', async (what, codec) => {
    await using server = await startServer({ terse: tersePlugin(codec) });
    const [alice, carol] = [await server.joins('alice'), await server.joins('carol')];
    await server.registers('bob');
    if (what === 'as it opens') {
      expect(() => server.open('terse')).toThrow('out of order');
    } else {
      const bob = connect(server);
      await bob.says(`login bob ${PASSWORD}`);
      if (what === 'as it renders a message') {
        await bob.seesInOrder('. welcome', '. ready');
        await alice.says('broadcast hi');
        await alice.sees('sent:');
        await carol.hears('alice', 'hi');
      }
      await bob.sees('. closing');
      await bob.isClosed();
      expect(server.failures).toEqual([
        expect.objectContaining({ facts: expect.objectContaining({ plugin: 'terse', codec: 'terse' }) }),
      ]);
    }
    await alice.says('message carol still here');
    await alice.sees('sent:');
    await carol.hears('alice', 'still here');
  });

  test('as it encodes the welcome, and no plugin is told of a login after the end of the session', async () => {
    const calls: string[] = [];
    const note = (call: string, { codec }: Session) => void (codec.name === 'terse' && calls.push(call));
    const notes = definePlugin({
      name: 'notes',
      summary: 'Notes logins and departures',
      setup: () => ({
        hooks: { onLogin: (session) => note('login', session), onDisconnect: (session) => note('disconnect', session) },
      }),
    });
    const encode = (output: Output) => (output.kind === 'welcome' ? fail() : terseState.encode(output));
    const terse = tersePlugin({ open: () => ({ ...terseState, encode }) });
    await using server = await startServer({ terse, notes });
    await server.registers('bob');
    const bob = connect(server);
    await bob.says(`login bob ${PASSWORD}`);
    await bob.sees('. closing');
    await bob.isClosed();
    expect(calls).toEqual(['disconnect']);
  });

  test('in claims is passed over', async () => {
    await using server = await startServer({ terse: tersePlugin({ claims: fail }) });
    const alice = await server.joins('alice');
    expect(await alice.asks('who')).toBe('alice');
    expect(server.failures[0]?.facts).toMatchObject({ plugin: 'terse', codec: 'terse' });
    await alice.closes();
  });
});

describe('a first line', () => {
  test('goes to the codec that claims it, if the codec of the listener hands over', async () => {
    await using server = await startServer({ terse: tersePlugin({ claims: (first) => first.startsWith('login ') }) });
    await server.registers('alice');
    const alice = connect(server, 'line');
    await alice.says(`login alice ${PASSWORD}`, 'who');
    await alice.seesInOrder('. welcome', '. ready', '= alice');
    await alice.closes();
    const classic = connect(server, 'classic');
    await classic.says(`login alice ${PASSWORD}`);
    await classic.sees('username');
    await classic.closes();
  });
});

test('of two codecs that claim a first line, the first in the config gets the client, whatever its name', async () => {
  const claimant = (name: string) =>
    definePlugin({
      name,
      summary: 'Claims every client',
      setup: () => ({
        codecs: [
          {
            name,
            claims: () => true,
            open: () => ({ ...terseState, decode: () => [{ kind: 'reply', text: `${name}\n` }] }),
            message: () => '',
          },
        ],
      }),
    });
  const [aardvark, zebra] = [claimant('aardvark'), claimant('zebra')];
  for (const [plugins, first] of [
    [{ zebra, aardvark }, 'zebra'],
    [{ aardvark, zebra }, 'aardvark'],
  ] as const) {
    await using server = await startServer(plugins);
    const client = connect(server, 'line');
    expect(await client.asks('hello')).toBe(first);
    await client.closes();
  }
});

test('after a reload new clients speak the new codec, and connected ones the old one', async () => {
  await using server = await startServer({ terse: tersePlugin() });
  await server.registers('alice', 'bob');
  const alice = await joinsTersely(server, 'alice');
  await server.reload({ terse: tersePlugin({ message: ({ text }) => `new> ${text}\n` }) });
  const bob = await joinsTersely(server, 'bob');
  await alice.says('message (alice bob) hi');
  await bob.sees('new> hi');
  expect([await alice.next(), await alice.next()].toSorted()).toEqual(['= sent:', 'alice> hi']);
  await server.reload({ terse: false });
  expect(() => server.open('terse')).toThrow("There is no codec 'terse'; known: line, json, classic.");
  expect(await alice.asks('who')).toBe('= alice bob');
  for (const client of [alice, bob]) await client.closes();
});
