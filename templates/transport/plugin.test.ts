import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withOptions } from 'chatserv';
import { LineClient, startServer } from 'chatserv/testing';
import plugin from './plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'example-'));
after(() => rmSync(folder, { recursive: true }));

test('people come in over it', async () => {
  const file = join(folder, 'chat.sock');
  await using server = await startServer({ plugin: withOptions(plugin, { file }) });
  const socket = connect(file);
  await once(socket, 'connect');
  const alice = new LineClient(socket, 'alice', () => server.clock.now());
  await alice.registers('alice', 'tea-at-four');
  await alice.logsIn('alice', 'tea-at-four');
  const bob = await server.joins('bob');
  await bob.says('message alice hi');
  await bob.sees('sent:');
  await alice.hears('bob', 'hi');
  await alice.logsOut();
});
