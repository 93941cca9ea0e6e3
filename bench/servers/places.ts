/** What some variants need built first: each at most once, on first use. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Places } from './variant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param before the folder of another checkout */
export function places(before: string | undefined): Places {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return {
    before,
    installed: once(() => install(folder)),
    slowFsync: once(() => compileSlowFsync(folder)),
  };
}

/** Unpacks the tarball as npm would, with links to this checkout's dependencies. */
function install(folder: string): string {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, tarball = ''] = packed.match(/"filename": "([^"]+)"/) ?? [];
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', modules]);
  symlinkSync(join(ROOT, 'node_modules'), join(modules, 'package/node_modules'));
  return join(modules, 'package');
}

/** @returns the library to preload */
export function compileSlowFsync(folder: string): string {
  const library = join(folder, 'slow-fsync.so');
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, join(ROOT, 'bench/probes/slow-fsync.c')]);
  return library;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Whether slow-fsync.c can be compiled and preloaded. */
export function canSlowFsync(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
}
