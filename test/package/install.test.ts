import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LineClient } from 'chatserv/testing';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const TYPES = join(ROOT, 'node_modules/@types');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const run = promisify(execFile);

const CONFIG = `
import { defineConfig } from 'chatserv';
export default defineConfig({ plugins: { tcp: { port: 0 }, http: { port: 0 }, './shout.ts': true } });
`;

/** A config whose options an editor completes and checks, those of the standard plugins and of a package. */
const TYPED = `
import { defineConfig } from 'chatserv';
declare module 'chatserv' {
  interface PluginOptions { 'chatserv-plugin-weather': { readonly city: string } }
}
export default defineConfig({ plugins: { lockout: { attempts: 5 }, 'chatserv-plugin-weather': { city: 'Ulm' } } });
// @ts-expect-error an option that does not exist
export const misspelt = defineConfig({ plugins: { lockout: { attemps: 5 } } });
// @ts-expect-error a plugin that does not exist
export const unknown = defineConfig({ plugins: { lokout: true } });
`;

const PLUGIN = `
import { defineCommand } from 'chatserv';
export default defineCommand({
  name: 'shout', usage: 'shout <text>', summary: 'Says it louder', args: { min: 1 },
  run: ({ rest }) => rest.toUpperCase(),
});
`;

test('the packed tarball, installed elsewhere, serves with a plugin of the user', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-package-'));
  try {
    const { stdout: packed } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
    const { filename } = packFacts(packed);
    await run('npm', ['init', '--yes'], { cwd: folder });
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
    await writeFile(join(folder, 'chatserv.config.ts'), CONFIG);
    await writeFile(join(folder, 'shout.ts'), PLUGIN);

    const bin = join(folder, 'node_modules/chatserv/dist/src/cli/bin.js');
    const { NODE_COMPILE_CACHE, ...env } = process.env;
    const server = spawn(process.execPath, [bin], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(server, 'close');
    try {
      const ports: Record<string, number> = {};
      for await (const line of createInterface({ input: server.stdout })) {
        const [, transport = '', port] = /^chatserv listens on (tcp|http) 127\.0\.0\.1:(\d+)$/.exec(line) ?? [];
        ports[transport] = Number(port);
        if (ports.tcp && ports.http) break;
      }
      const alice = await LineClient.connect(ports.tcp as number, '127.0.0.1');
      await alice.registers('alice', 'tea-at-four');
      await alice.logsIn('alice', 'tea-at-four');
      await alice.says('shout hello');
      await alice.sees('HELLO');
      const page = await fetch(`http://127.0.0.1:${ports.http}/`);
      const [, main] = /src="([^"]+main\.js)"/.exec(await page.text()) ?? [];
      const script = await fetch(new URL(main ?? '', page.url));
      expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
      await alice.logsOut();
    } finally {
      server.kill('SIGTERM');
      expect(await closed).toEqual([0, null]);
    }
    // The next start finds its code compiled.
    const compiled = join(folder, 'node_modules/chatserv/node_modules/.cache/chatserv');
    expect(await readdir(compiled)).not.toEqual([]);

    await writeFile(join(folder, 'typed.ts'), TYPED);
    const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    await run(process.execPath, [TSC, ...strict, '--types', 'node', '--typeRoots', TYPES, 'typed.ts'], { cwd: folder });

    // What a store is tested with, as if it were installed.
    for (const name of ['vitest', 'fast-check']) {
      await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    for (const kind of ['command', 'hook', 'service', 'transport', 'store']) {
      await run(process.execPath, [bin, 'new', 'plugin', `my-${kind}`, '--kind', kind], { cwd: folder });
      const made = join(folder, `chatserv-plugin-my-${kind}`);
      // What it depends on is found in the folder around it.
      const [runner, passed] =
        kind === 'store' ? [[VITEST, 'run'], /Tests .* passed/] : [['--test'], /^(#|ℹ) pass 1$/m];
      const { stdout } = await run(process.execPath, runner, { cwd: made, env: { ...process.env, NO_COLOR: '1' } });
      expect(stdout).toMatch(passed);
      const checked = await run(process.execPath, [bin, 'check'], { cwd: made });
      expect(checked.stdout).toMatch(/chatserv\.config\.ts/);
      const { devDependencies } = JSON.parse(await readFile(join(made, 'package.json'), 'utf8'));
      expect(devDependencies.chatserv).toBe('file:../node_modules/chatserv');
    }
    // All at once, by the settings that they share.
    const all = { extends: './chatserv-plugin-my-command/tsconfig.json', include: ['chatserv-plugin-my-*/plugin.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(all));
    await run(process.execPath, [TSC, '-p', folder, '--noEmit', '--typeRoots', TYPES]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** What `npm pack --json` says: an array in one version of npm, an object by package in another; scripts talk before it. */
function packFacts(output: string): { filename: string } {
  const start = output.search(/^[[{]/m);
  const facts = JSON.parse(output.slice(start));
  return Array.isArray(facts) ? facts[0] : (facts.chatserv ?? facts);
}
