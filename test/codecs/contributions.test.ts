import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type Codec, type CodecState, definePlugin, type Input, withoutControls } from 'chatserv';
import { LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { mistakesOf } from '../support/mistakes.ts';

/** Lines that log in and call commands: `login <name> <password>`, and several commands on a line, `;` between them. */
const state: CodecState = {
  decode(line, question) {
    const text = 'text' in line ? line.text : '';
    const [, username = '', password = ''] = /^login (\S+) (\S+)$/.exec(text) ?? [];
    if (username !== '') return [{ kind: 'login', preset: { username, password } }];
    if (question !== undefined) return [{ kind: 'answer', text }];
    return text.split(';').flatMap((one): Input[] => {
      const [word = '', ...rest] = one.split(' ');
      if (word === '') return [];
      if (word === 'ping') return [{ kind: 'reply', text: `pong ${rest.join(' ')}\n` }];
      return [{ kind: 'command', word, rest: rest.join(' ') }];
    });
  },
  encode(output) {
    if (output.kind === 'answer') return `= ${output.reply}\n`;
    if (output.kind === 'error') return `! ${output.reason} ${output.about}\n`;
    if (output.kind === 'ask') return output.because === 'start' ? '' : `? ${output.question}\n`;
    return output.kind === 'event' ? '' : `. ${output.kind}\n`;
  },
};

/** A plugin with one codec. */
function codecPlugin(codec: Partial<Codec> = {}) {
  const whole: Codec = {
    name: 'terse',
    open: () => state,
    message: ({ from, text }) => `${from.name}> ${withoutControls(text)}\n`,
    ...codec,
  };
  return definePlugin({ name: 'terse', summary: 'Speaks tersely', setup: () => ({ codecs: [whole] }) });
}

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
  test('of several commands is answered in their order, with a reply of the codec in its place', async () => {
    await using server = await startServer({ terse: codecPlugin() });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('who;nonsense;ping 1;message nobody hi;ping 2', '', ';', 'whoelse');
    await alice.seesInOrder('= alice', '! command nonsense', 'pong 1', '= sent:nobody', 'pong 2', '= ');
    await alice.closes();
  });

  test('of several commands that came too fast is refused command by command', async () => {
    await using server = await startServer({ terse: codecPlugin() }, { lineBurst: 5, linesPerSecond: 1 });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('', '', '', 'who', 'who;who;ping');
    await alice.seesInOrder('= alice', '! rate who', '! rate who', 'pong ');
    expect(server.limitsMet['lines-per-second']).toBe(1);
    await alice.closes();
  });

  test('that answers no question is an error while one waits', async () => {
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
        : state.decode(line, question);
    await using server = await startServer({ terse: codecPlugin({ open: () => ({ ...state, decode }) }), ask });
    await server.registers('alice');
    const alice = await joinsTersely(server, 'alice');
    await alice.says('ask', '!who', 'red', '!who');
    await alice.seesInOrder('? colour', '! unexpected command', '= likes red', '= alice');
    await alice.closes();
  });
});

describe('a login', () => {
  test('with a wrong password asks for it, and another login begins again', async () => {
    await using server = await startServer({ terse: codecPlugin() });
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

  test('answers nothing more once the client itself has answered: the password was for another name', async () => {
    await using server = await startServer({ terse: codecPlugin() });
    await server.registers('alice');
    const client = connect(server);
    await client.says(`login nobody ${PASSWORD}`, 'n', 'alice', PASSWORD);
    await client.seesInOrder('? register', '? username', '? password', '. welcome');
    await client.closes();
  });

  test('after the welcome is an error', async () => {
    await using server = await startServer({ terse: codecPlugin() });
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
    const terse = codecPlugin({
      open(session) {
        let capabilities = '';
        return {
          ...state,
          decode(line, question) {
            if ('text' in line && line.text === 'loud') capabilities = 'loud';
            return state.decode(line, question);
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

  test('of a polling codec waits for the poll, and more than outboxBytes of what nothing keeps closes it', async () => {
    const poll: CodecState['decode'] = (line, question) =>
      'text' in line && line.text === 'poll' ? [{ kind: 'poll' }] : state.decode(line, question);
    const terse = codecPlugin({ pollsForMessages: true, open: () => ({ ...state, decode: poll }) });
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
    expect(server.limitsMet['outbox-bytes']).toBe(1);
    await alice.closes();
  });
});

describe('a codec that throws closes that session and no other', () => {
  const fail = (): never => {
    throw new Error('out of order');
  };

  test.each<[string, Partial<Codec>]>([
    ['as it decodes', { open: () => ({ ...state, decode: fail }) }],
    ['as it decodes to no list', { open: () => ({ ...state, decode: () => undefined as never }) }],
    [
      'as it encodes the welcome',
      { open: () => ({ ...state, encode: (output) => (output.kind === 'welcome' ? fail() : state.encode(output)) }) },
    ],
    ['as it renders a message', { message: fail }],
    ['as it opens', { open: fail }],
  ])('%s', async (what, codec) => {
    await using server = await startServer({ terse: codecPlugin(codec) });
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

  test('at a first line it claims nobody', async () => {
    await using server = await startServer({ terse: codecPlugin({ claims: fail }) });
    const alice = await server.joins('alice');
    expect(await alice.asks('who')).toBe('alice');
    expect(server.failures[0]?.facts).toMatchObject({ plugin: 'terse', codec: 'terse' });
    await alice.closes();
  });
});

describe('a first line', () => {
  test('is left to the codec that claims it, where the codec of the listener hands over', async () => {
    await using server = await startServer({ terse: codecPlugin({ claims: (first) => first.startsWith('login ') }) });
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

test('of two codecs that claim a first line the one that comes first in the config gets the client, whatever its name', async () => {
  const claimant = (name: string) =>
    definePlugin({
      name,
      summary: 'Claims everybody',
      setup: () => ({
        codecs: [
          {
            name,
            claims: () => true,
            open: () => ({ ...state, decode: () => [{ kind: 'reply', text: `${name}\n` }] }),
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

test('after a reload new clients speak the new codec, and those who are there the old one', async () => {
  await using server = await startServer({ terse: codecPlugin() });
  await server.registers('alice', 'bob');
  const alice = await joinsTersely(server, 'alice');
  await server.reload({ terse: codecPlugin({ message: ({ text }) => `new> ${text}\n` }) });
  const bob = await joinsTersely(server, 'bob');
  await alice.says('message (alice bob) hi');
  await bob.sees('new> hi');
  expect([await alice.next(), await alice.next()].toSorted()).toEqual(['= sent:', 'alice> hi']);
  await server.reload({ terse: false });
  expect(() => server.open('terse')).toThrow("There is no codec 'terse'; known: line, json, classic.");
  expect(await alice.asks('who')).toBe('= alice bob');
  for (const client of [alice, bob]) await client.closes();
});

describe('a mistake of a config', () => {
  test.each<[string, object, string]>([
    [
      'a codec that there is not',
      { unix: { socket: 'chat.sock', codec: 'jsn' } },
      'plugins.unix.codec is "jsn": expected a codec: "line", "json", "classic". Did you mean \'json\'?',
    ],
    [
      'a codec whose plugin is off',
      { json: false, websocket: false, tcp: { codec: 'json' } },
      'plugins.tcp.codec is "json": expected a codec: "line", "classic". The plugin \'json\' is off: switch it on under plugins.',
    ],
    [
      'by its earlier name',
      { unix: { socket: 'chat.sock', dialect: 'jsn' } },
      'plugins.unix.codec is "jsn": expected a codec: "line", "json", "classic". Did you mean \'json\'?',
    ],
  ])('%s', async (_what, plugins, sentence) => {
    await expect(startServer(plugins as never)).rejects.toThrow(`the test: ${sentence}`);
  });

  test('two codecs of one name', async () => {
    await expect(startServer({ terse: codecPlugin({ name: 'line' }) })).rejects.toThrow(
      "Two plugins bring the codec 'line', 'line' and 'terse': switch one of them off under plugins.",
    );
  });

  test('a codec without what it needs', async () => {
    await expect(startServer({ terse: codecPlugin({ open: undefined as never }) })).rejects.toThrow(
      "The plugin 'terse': codecs[0].open is missing",
    );
  });

  test('an option that no codec is called by is a mistake only where it is one', async () => {
    expect(await mistakesOf({ plugins: { tcp: { codec: 5 } } })).toEqual([
      'c.json: plugins.tcp.codec is 5: expected string.',
    ]);
  });
});

test('an option by its earlier name works, and the log asks once to rename it', async () => {
  await using folder = await Folder.with({});
  await using server = await startServer({ unix: { socket: `${folder.path}/chat.sock`, dialect: 'json' } });
  const { connect: dial } = await import('node:net');
  const socket: Duplex = dial(`${folder.path}/chat.sock`);
  await once(socket, 'connect');
  socket.write('who\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toContain('"ask"');
  socket.destroy();
  const warnings = server.logged.filter(({ facts }) => facts.event === 'deprecated');
  expect(warnings.map(({ text }) => text)).toEqual([
    'the test: plugins.unix.dialect is called codec now; rename it before the next version.',
  ]);
});
