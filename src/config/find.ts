import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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

/** Node strips the types itself; cosmiconfig's own loader would want a compiler. */
const load: Loader = async (file) => (await importFile(file)).default;

const explorer = cosmiconfig('chatserv', {
  // It may have been edited.
  cache: false,
  searchPlaces: [
    'chatserv.config.ts',
    'chatserv.config.js',
    'chatserv.config.mjs',
    'chatserv.config.json',
    'chatserv.config.yaml',
    'chatserv.config.yml',
    '.chatservrc',
    'package.json',
  ],
  loaders: { '.ts': load, '.js': load, '.mjs': load },
});

/**
 * Reads a config file, or finds one in the current folder; with none at all the standard set runs as it is.
 * @throws Mistakes when the file is missing or cannot be read
 */
export async function findConfig(file: string | undefined, cwd: string): Promise<FoundConfig> {
  const path = file === undefined ? undefined : resolve(cwd, file);
  if (path !== undefined && !existsSync(path)) {
    throw new Mistakes([`There is no config file ${path}: check what follows --config.`]);
  }
  try {
    const found = await (path === undefined ? explorer.search(cwd) : explorer.load(path));
    if (found === null) return { value: {}, folder: cwd, name: 'the standard config' };
    return { value: found.config ?? {}, folder: dirname(found.filepath), file: found.filepath, name: found.filepath };
  } catch (cause) {
    throw new Mistakes([`The config ${path ?? `in ${cwd}`} cannot be read: ${messageOf(cause)}`], { cause });
  }
}
