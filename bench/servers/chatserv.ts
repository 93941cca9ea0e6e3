/** Command lines and configs of chatserv and the bare server. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canSlowFsync } from './places.ts';
import { isBare, type Places, type Variant } from './variant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROBES = join(ROOT, 'bench/probes');

/** A command line and what it adds to the environment. */
export interface Command {
  readonly args: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** @param folder for its config and its data */
export function nodeCommand(variant: Variant, folder: string, places: Places): Command {
  const probe = variant.probe === false ? [] : ['--expose-gc', '--import', join(PROBES, 'probe.ts')];
  const counts = variant.counts && { BENCH_COUNTS: '1', FSYNC_COUNT_FILE: join(folder, 'fsyncs') };
  const slow = variant.fsyncTime && { SLOW_FSYNC_MS: String(variant.fsyncTime) };
  const preloaded = (slow || counts) && canSlowFsync() && { LD_PRELOAD: places.slowFsync() };
  return {
    args: [process.execPath, ...probe, ...(variant.flags ?? []), ...programOf(variant, folder, places)],
    env: { BENCH_EXIT_IO: exitIoFile(folder), ...counts, ...slow, ...preloaded },
  };
}

/** Where a server's probe reports its I/O at exit. */
export const exitIoFile = (folder: string): string => join(folder, 'exit-io');

function programOf(variant: Variant, folder: string, places: Places): readonly string[] {
  if (isBare(variant)) {
    return [join(ROOT, 'bench/servers/bare.ts'), ...(variant.kind === 'durable' ? [join(folder, 'bare.db')] : [])];
  }
  const config = join(folder, 'chatserv.config.json');
  writeFileSync(config, JSON.stringify(configOf(variant, folder, places)));
  const bin = variant.kind === 'installed' ? 'dist/src/cli/bin.js' : 'src/cli/bin.ts';
  return [join(rootOf(variant, places), bin), '--config', config];
}

function rootOf({ kind }: Variant, places: Places): string {
  if (kind === 'installed') return places.installed();
  return kind === 'before' ? (places.before ?? ROOT) : ROOT;
}

/** @param folder for the files of idle plugins */
export function configOf(variant: Variant, folder: string, places: Places): object {
  const root = variant.kind === 'before' ? rootOf(variant, places) : ROOT;
  const plugins = {
    tcp: { port: 0, codec: variant.codec ?? 'line' },
    http: { port: 0 },
    connections: { loginsStart: 10_000, loginsFull: 20_000 },
    ...(!variant.passwords && { [join(root, 'test/support/open-door.ts')]: true }),
    ...idlePlugins(variant.idlePlugins ?? 0, folder),
    ...(variant.kind === 'memory' && { sqlite: false, memory: true }),
    ...(variant.kind === 'postgres' && { sqlite: false }),
    ...variant.plugins,
  };
  // No rates, room for 4,096 bytes of text and the command, and patience with a busy machine.
  const limits = {
    linesPerSecond: 0,
    bytesPerSecond: 0,
    lineBytes: 8192,
    eventLoopStall: 30_000,
    handlerTime: 60_000,
    setupTime: 300_000,
  };
  return { plugins, limits, log: { level: 'error' } };
}

function idlePlugins(count: number, folder: string): Readonly<Record<string, true>> {
  const source = readFileSync(join(PROBES, 'idle.ts'), 'utf8');
  const files = Array.from({ length: count }, (_, i) => {
    const file = join(folder, `idle-${i}.ts`);
    writeFileSync(file, source.replaceAll("'idle'", `'idle-${i}'`));
    return file;
  });
  return Object.fromEntries(files.map((file) => [file, true]));
}
