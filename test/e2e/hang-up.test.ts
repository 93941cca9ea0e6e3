import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { makeProgram } from '../support/program.ts';
import { hasTmux } from '../support/tmux.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
const run = promisify(execFile);

/** A connection, once somebody listens. */
async function connected(port: number) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await after(50);
    }
  }
}

test.skipIf(!hasTmux)('a server ends politely when the terminal that it was started at is closed', async () => {
  const port = await freePort();
  await using program = await makeProgram({ plugins: { tcp: { host: '127.0.0.1', port } } });
  const tmux = (...args: string[]) => run('tmux', ['-f', '/dev/null', '-S', join(program.folder, 'tmux'), ...args]);
  await tmux('new-session', '-d', process.execPath, BIN, '--config', program.configFile);
  const client = await connected(port);
  client.write('alice\n');
  const [first] = await once(client, 'data');
  expect(String(first)).toBe('register\n');
  await tmux('kill-server');
  expect(await text(client)).toBe('closing:shutdown\n');
});
