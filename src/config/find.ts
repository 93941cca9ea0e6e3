import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { defaultLoaders, type Loader, type Options, type PublicExplorer } from 'cosmiconfig';
import * as internals from 'cosmiconfig/dist/Explorer.js';
import { systemClock } from '../host/clock.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { inTime } from '../host/lifecycle.ts';
import { LIMITS } from '../host/limits.ts';
import { importFile, retried } from '../host/self.ts';
import { messageOf } from '../host/thrown.ts';
import { textOf } from './text-file.ts';

/** A config as it was found. */
export interface FoundConfig {
  readonly value: unknown;
  /** Its folder; without a file, the current one. */
  readonly folder: string;
  /** Its file, if there is one. */
  readonly file?: string;
  /** Its name in messages. */
  readonly name: string;
  /** Other config files in the folder, which are not read. */
  readonly passedOver: readonly string[];
}

/** The config files of a folder; the first one counts. No other file in the folder is opened. */
const PLACES = [
  'chatserv.config.ts',
  'chatserv.config.js',
  'chatserv.config.mjs',
  'chatserv.config.json',
  'chatserv.config.yaml',
  'chatserv.config.yml',
  '.chatservrc',
];

/** Read if there is none of those; it counts if it has the key `chatserv`. */
const PACKAGE = 'package.json';

/** The files to watch: an edit may change which config is read, or its content. @param file the one that was asked for */
export function configFiles(file: string | undefined, cwd: string): string[] {
  return file === undefined ? [...PLACES, PACKAGE].map((name) => join(cwd, name)) : [resolve(cwd, file)];
}

/** Readers of config files by extension. Node strips the types of a module itself. */
const LOADERS: Readonly<Record<string, Loader>> = {
  ...Object.fromEntries(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'].map((end) => [end, loader(readModule)])),
  '.json': loader(async (file) => JSON.parse((await textOf(file)) || 'null')),
  ...Object.fromEntries(['.yaml', '.yml', 'noExt'].map((end) => [end, loader(readYaml)])),
};

/**
 * Not made by `cosmiconfig()`, which searches the current folder for its own settings, such as `.config/config.js`, and runs
 * them; no option turns that off.
 */
const { Explorer } = internals as unknown as {
  readonly Explorer: new (
    options: Options & { readonly moduleName: string; readonly metaConfigFilePath: null },
  ) => PublicExplorer;
};

const explorer = new Explorer({
  moduleName: 'chatserv',
  searchPlaces: [...PLACES, PACKAGE],
  loaders: LOADERS,
  // The file may be edited.
  cache: false,
  transform: (result) => result,
  ignoreEmptySearchPlaces: false,
  mergeImportArrays: false,
  mergeSearchPlaces: false,
  searchStrategy: 'none',
  metaConfigFilePath: null,
});

/**
 * Reads a config file, or finds one in the current folder; with none at all the standard set runs as it is.
 * @throws ConfigErrors when the file is missing, says nothing, or cannot be read
 */
export async function findConfig(file: string | undefined, cwd: string): Promise<FoundConfig> {
  if (file === '') throw new ConfigErrors(['--config needs the name of a file.']);
  if (file !== undefined) return { ...(await readConfigFile(resolve(cwd, file))), passedOver: [] };
  const [first, ...passedOver] = PLACES.map((name) => join(cwd, name)).filter((place) => existsSync(place));
  if (first !== undefined) return { ...(await readConfigFile(first)), passedOver };
  const value = existsSync(join(cwd, PACKAGE)) ? await read(join(cwd, PACKAGE)) : undefined;
  if (value !== undefined) return { value, ...placeOf(join(cwd, PACKAGE)), passedOver: [] };
  return { value: {}, folder: cwd, name: 'the standard config', passedOver: [] };
}

/** The default export of a config. Its limits are not known yet, so the default applies to its own loading. */
async function readModule(file: string): Promise<unknown> {
  const load = () => inTime(importFile(file), systemClock, LIMITS.setupTime, 'the default of limits.setupTime');
  return (await retried(file, load)).default;
}

async function readConfigFile(path: string): Promise<Omit<FoundConfig, 'passedOver'>> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new ConfigErrors([`There is no config file ${path}: check what follows --config.`]);
  if (found.isDirectory()) throw new ConfigErrors([`The config ${path} is a folder: name the file in it.`]);
  const value = await read(path);
  if (value === undefined) throw new ConfigErrors([`${path} ${nothingIn(path)}.`]);
  return { value, ...placeOf(path) };
}

function placeOf(path: string): Pick<FoundConfig, 'folder' | 'name'> & { readonly file: string } {
  return { folder: dirname(path), file: path, name: path };
}

/** The content of a config file; undefined if it is empty. */
async function read(path: string): Promise<unknown> {
  if (LOADERS[extname(path) || 'noExt'] === undefined) {
    const ends = Object.keys(LOADERS).filter((end) => end.startsWith('.'));
    throw new ConfigErrors([`The config ${path} has an unknown extension: its name must end in ${ends.join(', ')}.`]);
  }
  try {
    return (await explorer.load(path))?.config?.value ?? undefined;
  } catch (cause) {
    if (cause instanceof ConfigErrors) throw cause;
    throw new ConfigErrors([`The config ${path} cannot be read: ${reasonOf(cause)}`], { cause });
  }
}

/**
 * Makes a loader whose result cosmiconfig does not interpret: a key `$import` would make it read other files. Of a file named
 * `package` it uses the key `chatserv`.
 */
function loader(read: (file: string) => Promise<unknown>): Loader {
  return async (file) => {
    const value = await read(file).catch((cause: unknown) => {
      // Cosmiconfig sets a property of the error, so it must be an object.
      throw cause instanceof Error ? cause : new Error(messageOf(cause));
    });
    if (basename(file, extname(file)) !== 'package') return { value };
    const own: unknown = Reflect.get(Object(value), 'chatserv');
    return own === undefined ? {} : { chatserv: { value: own } };
  };
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return await defaultLoaders['.yaml'](file, await textOf(file));
  } catch (cause) {
    if (/input is empty/.test(messageOf(cause))) return undefined;
    throw cause;
  }
}

/** Why a file cannot be read; for YAML without the excerpt. */
function reasonOf(cause: unknown): string {
  const { reason, mark } = Object(cause) as { reason?: string; mark?: { line: number; column: number } };
  if (reason !== undefined && mark !== undefined) return `${reason} (line ${mark.line + 1} column ${mark.column + 1})`;
  return messageOf(cause);
}

/** How a file is empty, and what to write. */
function nothingIn(path: string): string {
  if (basename(path) === PACKAGE) return "has no key 'chatserv': put the config there";
  if (/^\.[mc]?[jt]s$/.test(extname(path))) return "exports no default: begin with 'export default defineConfig({'";
  return 'is empty: write {} for the standard set as it is';
}
