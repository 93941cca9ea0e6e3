import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigErrors } from '../host/config-errors.ts';
import { messageOf } from '../host/thrown.ts';
import { near, ROOT, version } from './package.ts';

/** The kinds of new plugins: each a folder of `templates/`. */
export const KINDS = ['command', 'hook', 'service', 'transport', 'store'] as const;
export type Kind = (typeof KINDS)[number];

/** A published package is built. */
const isClone = import.meta.url.endsWith('.ts');

/** Creates a folder with a plugin that works and passes its own test. */
export async function newPlugin(name: string, kind: Kind): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ConfigErrors([
      `'${name}' cannot be a plugin name: use lower-case words joined by hyphens, such as 'word-filter'.`,
    ]);
  }
  const folder = `chatserv-plugin-${name}`;
  if (existsSync(folder)) throw new ConfigErrors([`The folder ${folder} already exists.`]);
  const root = fileURLToPath(ROOT);
  const dependency = isPublished() ? `^${version()}` : `file:${relative(resolve(folder), root)}`;
  await mkdir(folder).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
  try {
    // A file of the kind replaces the one for all kinds.
    const sources = new Map<string, string>();
    for (const from of ['all', kind]) {
      const source = join(root, 'templates', from);
      for (const file of await readdir(source)) sources.set(file, join(source, file));
    }
    for (const [file, source] of sources) {
      const text = await readFile(source, 'utf8');
      const to = file === 'gitignore' ? '.gitignore' : file;
      const filled = text.replaceAll('example', name).replaceAll('VERSION', version());
      await writeFile(join(folder, to), filled.replaceAll('DEPENDENCY', dependency), { flag: 'wx' });
    }
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw notWritten(folder, cause);
  }
  // A plugin imports the build of a clone.
  const clone = relative('', root);
  const steps: [command: string, purpose: string][] = [
    ...(isClone ? ([[`npm run build${clone && ` --prefix ${clone}`}`, 'builds chatserv']] as [string, string][]) : []),
    [`cd ${folder}`, ''],
    ['npm install', ''],
    ['npm test', 'runs plugin.test.ts'],
    ['npm start', 'serves with the plugin, and reloads after each edit of plugin.ts'],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, purpose]) => `  ${command.padEnd(width)}   ${purpose}`.trimEnd());
  const guide = near(join(root, 'docs/plugins.md'));
  process.stdout.write(`Created ${folder}. Next:\n\n${lines.join('\n')}\n\nThe guide for plugins: ${guide}\n`);
}

function notWritten(folder: string, cause: unknown): ConfigErrors {
  return new ConfigErrors([`${folder} could not be written: ${messageOf(cause)}`], { cause });
}

/** Whether this version is in the registry: publishing leaves a mark, which clones and packed tarballs lack. */
function isPublished(): boolean {
  return !isClone && existsSync(new URL('dist/published', ROOT));
}
