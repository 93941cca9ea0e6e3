import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { didYouMean } from '../usernames/nearest.ts';
import { ConfigErrors } from './config-errors.ts';
import { learnCode } from './culprit.ts';
import type { Plugin } from './define.ts';
import { withEnvironment } from './environment.ts';
import { Lifecycle } from './lifecycle.ts';
import { type CheckResult, checkAgainst } from './options.ts';
import { authorsPlace } from './place.ts';
import { withNewNames } from './renamed-option.ts';
import { hasPackage, importFile, importPackage, moduleExtension, modules, retried, standardFolder } from './self.ts';
import type { StandardPlugins } from './standard.ts';
import { messageOf } from './thrown.ts';
import { definitionErrors } from './validate-plugin.ts';

/** A plugin that a config switches on, its options checked. */
export interface Loaded {
  /** Its key in the config: a standard plugin's name, a file or a package. */
  readonly key: string;
  readonly plugin: Plugin;
  readonly options: unknown;
  /** Where it comes from: `standard`, a file's path, a package's name, or the config's name. */
  readonly from: string;
}

/** The entries of a config's `plugins`, unchecked: options, `true`, `false` or a plugin. */
export type Entries = Readonly<Record<string, unknown>>;

const ENTRY = z.union([z.boolean(), z.looseObject({})], 'expected true, false or options');

const NO_OPTIONS = z.strictObject({});

/** Names of packages. */
const PACKAGE = /^(@[\w.-]+\/)?[\w.-]+$/;

/** Where a config is. */
export interface ConfigPlace {
  /** The folder that relative paths count from. */
  readonly folder: string;
  /** The config's name in messages. */
  readonly name: string;
}

/** Where a config is, and the standard plugins that its entries can name. */
export interface ConfigScope extends ConfigPlace {
  /** The standard plugins. */
  readonly standard: StandardPlugins;
}

/** The result of loading plugins. */
interface Loading {
  /** Those whose options are wrong have none. */
  readonly loaded: readonly Loaded[];
  /** Everything that is wrong, a sentence each. */
  readonly errors: readonly string[];
  /** Whether a plugin could not be loaded at all, so that its services are unknown. */
  readonly incomplete: boolean;
  /** A sentence for each deprecated option. */
  readonly deprecations: readonly string[];
}

/** Loads the plugins that are switched on and checks their options. */
export async function loadPlugins(
  entries: Entries,
  place: ConfigScope,
  environment: Readonly<Record<string, string | undefined>>,
  lifecycle = new Lifecycle(),
): Promise<Loading> {
  const errors: string[] = [];
  const loaded: Loaded[] = [];
  const deprecations: string[] = [];
  let incomplete = false;
  for (const [key, entry] of Object.entries(entries)) {
    // Clients are served between two plugins of a reload.
    await turn();
    if (entry === false) {
      if (!isThere(key, place)) errors.push(namesNothing(key, place, 'switches off'));
      continue;
    }
    try {
      const { plugin, from } = isPlugin(entry)
        ? { plugin: entry, from: place.name }
        : await loadPlugin(key, place, lifecycle);
      const wrong = await definitionErrors(key, plugin);
      if (wrong.length > 0) throw new ConfigErrors(wrong);
      const result = await checkOptions(key, plugin, entry, place, environment, lifecycle, deprecations);
      if ('errors' in result) errors.push(...result.errors);
      const one = { key, plugin, from, options: 'value' in result ? result.value : undefined };
      learnCode(one.plugin.name, one.key, one.from);
      loaded.push(one);
    } catch (thrown) {
      if (!(thrown instanceof ConfigErrors)) throw thrown;
      errors.push(...thrown.sentences);
      incomplete = true;
    }
  }
  return { loaded, errors: [...errors, ...sameNames(loaded)], incomplete, deprecations };
}

/** Loads a plugin by its key in a config. @throws ConfigErrors when there is none, or it is not a plugin */
export async function loadPlugin(
  key: string,
  place: ConfigScope,
  lifecycle = new Lifecycle(),
): Promise<{ plugin: Plugin; from: string }> {
  const { module, from } = await importPlugin(key, place, lifecycle);
  if (!isPlugin(module.default)) {
    throw new ConfigErrors([
      `The plugin '${key}' in ${place.name} is not a plugin: the default export of ${from} must be what definePlugin or defineCommand returns.`,
    ]);
  }
  return { plugin: module.default, from };
}

async function importPlugin(
  key: string,
  place: ConfigScope,
  lifecycle: Lifecycle,
): Promise<{ module: { default?: unknown }; from: string }> {
  const standard = Object.hasOwn(place.standard, key) ? place.standard[key]?.file : undefined;
  if (standard !== undefined) {
    return { module: await importFile(join(standardFolder, standard + moduleExtension)), from: 'standard' };
  }
  if (isPath(key)) {
    const path = resolve(place.folder, key);
    for (const wanted of [path, ...indexesOf(path)]) modules.ask(wanted);
    const file = pluginFile(path);
    if (file === undefined) throw new ConfigErrors([namesNothing(key, place)]);
    const load = () => lifecycle.run(key, 'its module', () => importFile(file));
    return { module: await imported(key, place, () => retried(file, load)), from: file };
  }
  const unknown = namesNothing(key, place);
  if (!PACKAGE.test(key)) throw new ConfigErrors([unknown]);
  return {
    module: await imported(
      key,
      place,
      () => lifecycle.run(key, 'its module', () => importPackage(key, place.folder)),
      unknown,
    ),
    from: key,
  };
}

/** Whether a key names a plugin, without loading it. A misspelt key would leave the plugin on that it should switch off. */
function isThere(key: string, { folder, standard }: ConfigScope): boolean {
  if (Object.hasOwn(standard, key)) return true;
  if (isPath(key)) return pluginFile(resolve(folder, key)) !== undefined;
  return PACKAGE.test(key) && hasPackage(key, folder);
}

/** The message for a key that names no plugin, with a suggestion. */
function namesNothing(key: string, place: ConfigScope, how: 'names' | 'switches off' = 'names'): string {
  if (isPath(key)) {
    const near = didYouMeanFile(key, place);
    return `The plugin '${key}' in ${place.name} does not exist: there is no file ${resolve(place.folder, key)}.${near}`;
  }
  const near = didYouMeanFile(key, place) || didYouMean(key, Object.keys(place.standard));
  const own = how === 'names' || near !== '' ? '' : ' A plugin that the config defines itself is left out instead.';
  return `There is no plugin '${key}', which ${place.name} ${how}: it is neither a standard plugin nor an installed package, and a file's name begins with './'.${near}${own}`;
}

function isPath(key: string): boolean {
  return /^\.{0,2}[/\\]/.test(key) || isAbsolute(key);
}

/** The file that a path names; in a folder, its index. */
function pluginFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return path;
  return indexesOf(path).find((file) => existsSync(file));
}

function indexesOf(folder: string): string[] {
  return ['index.ts', 'index.js'].map((name) => join(folder, name));
}

/** ` Did you mean './dice.ts'?` if that file exists and the key lacks only `./` or the extension. */
function didYouMeanFile(key: string, { folder }: ConfigPlace): string {
  const path = isPath(key) ? key : `./${key}`;
  const there = [path, `${path}.ts`, `${path}.js`].find((file) => pluginFile(resolve(folder, file)) !== undefined);
  return there === undefined ? '' : ` Did you mean '${there}'?`;
}

async function imported<T>(key: string, place: ConfigPlace, load: () => Promise<T>, absent?: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const missing =
      (Object(cause) as { code?: string }).code === 'ERR_MODULE_NOT_FOUND' && messageOf(cause).includes(`'${key}'`);
    throw new ConfigErrors(
      [
        absent !== undefined && missing
          ? absent
          : `The plugin '${key}' in ${place.name} could not be loaded: ${messageOf(cause)}${authorsPlace(cause, place.folder)}`,
      ],
      { cause },
    );
  }
}

/** Whether something was made by definePlugin, valid or not. */
export function isPlugin(value: unknown): value is Plugin {
  const made = ['needs', 'wants', 'provides', 'environment'];
  return typeof value === 'object' && value !== null && made.every((key) => Object.hasOwn(value, key));
}

async function checkOptions(
  key: string,
  plugin: Plugin,
  entry: unknown,
  place: ConfigPlace,
  environment: Readonly<Record<string, string | undefined>>,
  lifecycle: Lifecycle,
  deprecations: string[],
): Promise<CheckResult<unknown>> {
  const checked = { config: place.name, at: ['plugins', key] };
  const switched = await checkAgainst(ENTRY, entry, checked);
  if ('errors' in switched) return switched;
  const { value: options } = switched;
  const given = isPlugin(entry) ? (entry.given ?? {}) : typeof options === 'object' ? options : {};
  const schema = plugin.options ?? NO_OPTIONS;
  const renamed = withNewNames(schema, given);
  for (const [from, to] of renamed.found) {
    deprecations.push(`${place.name}: plugins.${key}.${from} is now called ${to}: rename it before the next release.`);
  }
  try {
    return await lifecycle.run(plugin.name, 'its options', async () => {
      const { value, set } = await withEnvironment(schema, renamed.options, plugin.environment, environment);
      return await checkAgainst(schema, value, { ...checked, variables: plugin.environment, set });
    });
  } catch (cause) {
    return {
      errors: [
        `The options of the plugin '${key}' could not be checked: ${messageOf(cause)}${authorsPlace(cause, place.folder)}.`,
      ],
    };
  }
}

function sameNames(loaded: readonly Loaded[]): string[] {
  const errors: string[] = [];
  const byName = new Map<string, Loaded>();
  for (const one of loaded) {
    const other = byName.get(one.plugin.name);
    if (other === undefined) byName.set(one.plugin.name, one);
    else {
      errors.push(
        `The plugins '${other.key}' and '${one.key}' are both called '${one.plugin.name}': switch one off, with \`'${other.key}': false\` or \`'${one.key}': false\` under plugins.`,
      );
    }
  }
  return errors;
}
