import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { cosmiconfig, type Loader } from 'cosmiconfig';
import { Mistakes, messageOf } from '../plugin/mistakes.ts';
import { importFile } from '../plugin/self.ts';

/** A config as it was found. */
export interface FoundConfig {
  readonly value: unknown;
  /** Its folder; without a file, the current one. */
  readonly folder: string;
  /** Its file, if there is one. */
  readonly file?: string;
  /** How it is called in sentences. */
  readonly name: string;
}

/** Where a config is looked for in a folder; a package.json counts when it has the key. */
const PLACES = [
  'chatserv.config.ts',
  'chatserv.config.js',
  'chatserv.config.mjs',
  'chatserv.config.json',
  'chatserv.config.yaml',
  'chatserv.config.yml',
  '.chatservrc',
  'package.json',
];

/** Node strips the types itself; cosmiconfig's own loader would want a compiler. */
const load: Loader = async (file) => (await importFile(file)).default;

const explorer = cosmiconfig('chatserv', {
  // It may have been edited.
  cache: false,
  loaders: { '.ts': load, '.js': load, '.mjs': load },
});

/**
 * Reads a config file, or finds one in the current folder; with none at all the standard set runs as it is.
 * @throws Mistakes when the file is missing, says nothing, or cannot be read
 */
export async function findConfig(file: string | undefined, cwd: string): Promise<FoundConfig> {
  // Not cosmiconfig's search, which passes over a file that it may not read, and one that is empty.
  const path =
    file === undefined ? PLACES.map((name) => join(cwd, name)).find((place) => existsSync(place)) : resolve(cwd, file);
  if (path !== undefined && !existsSync(path)) {
    throw new Mistakes([`There is no config file ${path}: check what follows --config.`]);
  }
  const value = path === undefined ? undefined : await read(path);
  const isPackage = file === undefined && path !== undefined && basename(path) === 'package.json';
  if (path === undefined || (isPackage && value === undefined)) {
    return { value: {}, folder: cwd, name: 'the standard config' };
  }
  if (value === undefined) throw new Mistakes([`${path} ${nothingIn(path)}.`]);
  return { value, folder: dirname(path), file: path, name: path };
}

/** What a config file says; undefined when that is nothing. */
async function read(path: string): Promise<unknown> {
  try {
    return (await explorer.load(path))?.config ?? undefined;
  } catch (cause) {
    if (/input is empty/.test(messageOf(cause))) return undefined;
    throw new Mistakes([`The config ${path} cannot be read: ${reasonOf(cause)}`], { cause });
  }
}

/** What keeps a file from being read; of YAML without the drawing, of JSON without the file's name. */
function reasonOf(cause: unknown): string {
  const { reason, mark } = cause as { reason?: string; mark?: { line: number; column: number } };
  if (reason !== undefined && mark !== undefined) return `${reason} (line ${mark.line + 1} column ${mark.column + 1})`;
  return messageOf(cause).replace(/^(JSON|YAML) Error in .*:\n/, '');
}

/** How a file says nothing, and what to write. */
function nothingIn(path: string): string {
  if (basename(path) === 'package.json') return "has no key 'chatserv': put the config there";
  if (/^\.[mc]?[jt]s$/.test(extname(path))) return "exports no default: begin with 'export default defineConfig({'";
  return 'is empty: write {} for the standard set as it is';
}
