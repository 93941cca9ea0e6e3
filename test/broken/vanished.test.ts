import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineClient } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { until } from '../support/attacker.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Whether this machine lets a test have a network of its own. */
const canCut = spawnSync('unshare', ['--map-root-user', '--net', 'ip', 'link', 'set', 'dev', 'lo', 'up']).status === 0;

test.skipIf(!canCut)(
  'clients that vanish without a word are gone after their time, silent or spoken to',
  {
    timeout: 120_000,
  },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-vanished-'));
    const config = join(folder, 'chatserv.config.json');
    const unix = join(folder, 'line.sock');
    const plugins = {
      tcp: { host: '10.9.9.1', port: 0, probeTime: 2 },
      http: { host: '10.9.9.1', port: 0 },
      unix: { socket: unix },
      sqlite: { file: join(folder, 'chat.db') },
      [here('../support/open-door.ts')]: true,
    };
    await writeFile(config, JSON.stringify({ plugins }));
    const words = [here('../support/vanishing-client.ts'), config, here('../../src/cli/bin.ts')];
    const inside = spawn('unshare', ['--map-root-user', '--net', process.execPath, ...words]);
    try {
      let said = '';
      let log = '';
      inside.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      inside.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      await until(
        'the clients to vanish',
        () => said.includes('vanished'),
        () => said + log,
      );
      // A Unix socket leads there from any network.
      const alice = new LineClient(connect(unix), 'alice');
      expect(await alice.asks('alice')).toBe('welcome');
      expect(await alice.asks('message spoken-to hello?')).toBe('sent:');
      await until(
        'both to be gone',
        () => ['silent', 'spoken-to'].every((name) => log.includes(`"account":"${name}","reason":"gone"`)),
        () => log,
      );
      expect(await alice.asks('whoelse')).toBe('');
      await alice.closes();
    } finally {
      const ended = new Promise((resolve) => inside.once('close', resolve));
      inside.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    }
  },
);
