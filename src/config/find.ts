import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Mistakes, messageOf } from '../plugin/mistakes.ts';
import { importFile } from '../plugin/self.ts';
import { textOf } from './text-file.ts';

/** A config as it was found. */
export interface FoundConfig {
  readonly value: unknown;
  /** Its folder; without a file, the current one. */
  readonly folder: string;
  /** Its file, if there is one. */
  readonly file?: string;
  /** How it is called in sentences. */
  readonly name: string;
  /** Other config files of the folder, which are not read. */
  readonly passedOver: readonly string[];
}

/** Where a config is looked for in a folder, the first one counts. No other file of the folder is opened. */
const PLACES = [
  'chatserv.config.ts',
  'chatserv.config.js',
  'chatserv.config.mjs',
  'chatserv.config.json',
  'chatserv.config.yaml',
  'chatserv.config.yml',
  '.chatservrc',
];

/** Looked into where there is none of those; it counts when it has the key `chatserv`. */
const PACKAGE = 'package.json';

/** How a config file is read, by the end of its name. */
const READERS: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  ...Object.fromEntries(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'].map((end) => [end, readModule])),
  '.json': readJson,
  '.yaml': readYaml,
  '.yml': readYaml,
  // .chatservrc; JSON is YAML, too.
  '': readYaml,
};

/**
 * Reads a config file, or finds one in the current folder; with none at all the standard set runs as it is.
 * @throws Mistakes when the file is missing, says nothing, or cannot be read
 */
export async function findConfig(file: string | undefined, cwd: string): Promise<FoundConfig> {
  if (file === '') throw new Mistakes(['--config needs the name of a file.']);
  if (file !== undefined) return { ...(await readConfigFile(resolve(cwd, file))), passedOver: [] };
  const [first, ...passedOver] = PLACES.map((name) => join(cwd, name)).filter((place) => existsSync(place));
  if (first !== undefined) return { ...(await readConfigFile(first)), passedOver };
  const value = existsSync(join(cwd, PACKAGE)) ? await read(join(cwd, PACKAGE)) : undefined;
  if (value !== undefined) return { value, ...placeOf(join(cwd, PACKAGE)), passedOver: [] };
  return { value: {}, folder: cwd, name: 'the standard config', passedOver: [] };
}

async function readConfigFile(path: string): Promise<Omit<FoundConfig, 'passedOver'>> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new Mistakes([`There is no config file ${path}: check what follows --config.`]);
  if (found.isDirectory()) throw new Mistakes([`The config ${path} is a folder: name the file in it.`]);
  const value = await read(path);
  if (value === undefined) throw new Mistakes([`${path} ${nothingIn(path)}.`]);
  return { value, ...placeOf(path) };
}

function placeOf(path: string): Pick<FoundConfig, 'folder' | 'name'> & { readonly file: string } {
  return { folder: dirname(path), file: path, name: path };
}

/** What a config file says; undefined when that is nothing. */
async function read(path: string): Promise<unknown> {
  const reader = READERS[extname(path)];
  if (reader === undefined) {
    throw new Mistakes([
      `The config ${path} is of no kind that is known: its name must end in ${Object.keys(READERS).filter(Boolean).join(', ')}.`,
    ]);
  }
  try {
    return (await reader(path)) ?? undefined;
  } catch (cause) {
    if (cause instanceof Mistakes) throw cause;
    throw new Mistakes([`The config ${path} cannot be read: ${reasonOf(cause)}`], { cause });
  }
}

/** Node strips the types itself. */
async function readModule(path: string): Promise<unknown> {
  return (await importFile(path)).default;
}

async function readJson(path: string): Promise<unknown> {
  const text = await textOf(path);
  if (text.trim() === '') return undefined;
  const value: unknown = JSON.parse(text);
  if (basename(path) !== PACKAGE) return value;
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'chatserv') : undefined;
}

async function readYaml(path: string): Promise<unknown> {
  const { load } = await import('js-yaml');
  try {
    return load(await textOf(path));
  } catch (cause) {
    if (/input is empty/.test(messageOf(cause))) return undefined;
    throw cause;
  }
}

/** What keeps a file from being read; of YAML without the drawing. */
function reasonOf(cause: unknown): string {
  const { reason, mark } = Object(cause) as { reason?: string; mark?: { line: number; column: number } };
  if (reason !== undefined && mark !== undefined) return `${reason} (line ${mark.line + 1} column ${mark.column + 1})`;
  return messageOf(cause);
}

/** How a file says nothing, and what to write. */
function nothingIn(path: string): string {
  if (basename(path) === PACKAGE) return "has no key 'chatserv': put the config there";
  if (READERS[extname(path)] === readModule) return "exports no default: begin with 'export default defineConfig({'";
  return 'is empty: write {} for the standard set as it is';
}
