import { once } from 'node:events';
import { connect } from 'node:net';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { configErrorsOf } from '../support/config-errors.ts';
import { tersePlugin } from '../support/terse-codec.ts';

describe('a config error', () => {
  test.each<[string, object, string]>([
    [
      'a codec that does not exist',
      { unix: { socket: 'chat.sock', codec: 'jsn' } },
      'plugins.unix.codec is "jsn": expected a codec: "line", "json", "classic". Did you mean \'json\'?',
    ],
    [
      'a codec whose plugin is off',
      { json: false, websocket: false, tcp: { codec: 'json' } },
      'plugins.tcp.codec is "json": expected a codec: "line", "classic". The plugin \'json\' is off: switch it on under plugins.',
    ],
    [
      'under its earlier name',
      { unix: { socket: 'chat.sock', dialect: 'jsn' } },
      'plugins.unix.codec is "jsn": expected a codec: "line", "json", "classic". Did you mean \'json\'?',
    ],
  ])('%s', async (_what, plugins, sentence) => {
    await expect(startServer(plugins as never)).rejects.toThrow(`the test: ${sentence}`);
  });

  test('two codecs of one name', async () => {
    await expect(startServer({ terse: tersePlugin({ name: 'line' }) })).rejects.toThrow(
      "The plugins 'line' and 'terse' both contribute the codec 'line': switch one of them off under plugins.",
    );
  });

  test('a codec without what it needs', async () => {
    await expect(startServer({ terse: tersePlugin({ open: undefined as never }) })).rejects.toThrow(
      "The plugin 'terse': codecs[0].open is missing",
    );
  });

  test('a codec option of the wrong type', async () => {
    expect(await configErrorsOf({ plugins: { tcp: { codec: 5 } } })).toEqual([
      'c.json: plugins.tcp.codec is 5: expected string.',
    ]);
  });
});

test('an option under its earlier name works, and the log asks once to rename it', async () => {
  await using folder = await Folder.with({});
  await using server = await startServer({ unix: { socket: `${folder.path}/chat.sock`, dialect: 'json' } });
  const socket = connect(`${folder.path}/chat.sock`);
  await once(socket, 'connect');
  socket.write('who\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toContain('"ask"');
  socket.destroy();
  const warnings = server.logged.filter(({ facts }) => facts.event === 'deprecated');
  expect(warnings.map(({ text }) => text)).toEqual([
    'the test: plugins.unix.dialect is now called codec: rename it before the next release.',
  ]);
});
