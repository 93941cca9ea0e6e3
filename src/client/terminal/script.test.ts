import { once } from 'node:events';
import { type Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { command, definePlugin, EVERYONE, z } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { overStream } from '../carriers.ts';
import { runScript } from './script.ts';

test('a script whose input ends while the connection is lost reconnects for missed messages', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const bob = await server.joins('bob');
  const streams: Duplex[] = [];
  const open = overStream(() => {
    const stream = server.open();
    streams.push(stream);
    return stream;
  });
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const login = { name: 'alice', password: PASSWORD };
  const code = runScript({ open, login, input, output, errors });
  input.write('who\n');
  const [answer] = await once(output, 'data');
  expect(String(answer)).toBe('bob alice\n');
  const printed = text(output);
  const [stream] = streams;
  stream?.destroy();
  input.end();
  await bob.asksUntil('whoelse', '');
  expect(await bob.asks('message alice meanwhile')).toBe('sent:');
  expect(await code).toBe(0);
  output.end();
  expect(await printed).toContain('bob: meanwhile\n');
});

test('a script prints entries that are not messages as plain lines show them', async () => {
  const waving = definePlugin({
    name: 'waving',
    summary: 'Waves to everyone',
    setup: ({ server }) => ({
      kinds: [{ name: 'wave', version: 1, schema: z.null(), counts: false, line: ({ from }) => `${from} waves` }],
      commands: [
        command({
          name: 'wave',
          summary: 'Waves to everyone',
          async run({ account }) {
            await server.append({ kind: 'wave', from: account, to: { room: EVERYONE }, data: null });
            return 'waved';
          },
        }),
      ],
    }),
  });
  await using server = await startServer({ waving });
  await server.registers('alice');
  const bob = await server.joins('bob');
  expect(await bob.asks('wave')).toBe('waved');
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const open = overStream(() => server.open());
  const code = runScript({ open, login: { name: 'alice', password: PASSWORD }, input, output, errors });
  input.end();
  expect(await code).toBe(0);
  output.end();
  expect(await text(output)).toMatch(/^\[[^\]]+\] bob waves\n$/);
});
