import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { currentPlugin } from './current.ts';
import { isOwn, type Place, placesOf } from './place.ts';
import { moduleExtension, modules, standardFolder } from './self.ts';
import type { StandardPlugins } from './standard.ts';

/** Where an uncaught error came from. */
export interface Culprit {
  /** The name of the plugin that threw it, or started what did; undefined if unknown. */
  readonly plugin: string | undefined;
  readonly place: Place | undefined;
}

/** The names of all plugins that were ever loaded, since uncaught errors are the process's: by their files (a config may define several plugins), ... */
const byFile = new Map<string, Set<string>>();
/** ... by their folders or packages, ... */
const byFolder = new Map<string, string>();
/** ... and by their keys in a config. */
const byKey = new Map<string, string>();

/** Records where the code of the standard plugins is. */
export function learnStandardCode(standard: StandardPlugins): void {
  for (const [name, { file }] of Object.entries(standard)) {
    const path = join(standardFolder, file);
    if (basename(path) === 'index') byFolder.set(dirname(path) + sep, name);
    else byFile.set(path + moduleExtension, new Set([name]));
  }
}

/**
 * Records where a plugin's code is.
 * @param key its key in the config
 * @param from `standard`, a file's path, a package's name, or the config's name
 */
export function learnCode(name: string, key: string, from: string): void {
  byKey.set(key, name);
  if (from === 'standard') return;
  const file = realPath(from);
  byFile.set(file, (byFile.get(file) ?? new Set()).add(name));
  if (!isAbsolute(from)) byFolder.set(join(sep, 'node_modules', from, sep), name);
}

/**
 * Finds the plugin that an error came from. The stack comes first: code that one plugin started may be another's, or the
 * server's own. The error of a socket or file has only Node in its stack; then it is the plugin that opened it.
 */
export function culpritOf(thrown: unknown): Culprit {
  const places = placesOf(thrown);
  for (const find of [pluginOf, importerOf]) {
    for (const place of places) {
      const plugin = find(place.file);
      if (plugin !== undefined) return { plugin, place };
    }
  }
  const own = places.find(isOwn);
  if (own !== undefined) return { plugin: undefined, place: own };
  const current = currentPlugin();
  return { plugin: current && (byKey.get(current) ?? current), place: places[0] };
}

/** The plugin whose file it is, or in whose folder it is. */
function pluginOf(file: string): string | undefined {
  const [only, ...others] = byFile.get(file) ?? [];
  if (only !== undefined && others.length === 0) return only;
  for (const [folder, plugin] of byFolder) if (file.includes(folder)) return plugin;
  return undefined;
}

/** The plugin that imports a file. */
function importerOf(file: string): string | undefined {
  for (const importer of modules.importersOf(file)) {
    const plugin = pluginOf(importer);
    if (plugin !== undefined) return plugin;
  }
  return undefined;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
