import { lstatSync } from 'node:fs';
import { createRequire, isBuiltin, type ResolveFnOutput, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Modules } from './modules.ts';

/** The specifier of a package as a certain folder would find it: `chatserv-from:<URL of a file in it>#<package>`. */
const FROM = 'chatserv-from:';

/** The extension of this program's files, as source or built. */
export const moduleExtension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** The folder of this program's own code, as source or built, which is never loaded a second time. */
const own = new URL('..', import.meta.url).href;

/** What plugins, configs and tests import from it. */
const API: ReadonlyMap<string, ResolveFnOutput> = new Map([
  ['chatserv', resolved(`${own}index${moduleExtension}`)],
  ['chatserv/client', resolved(`${own}client/index${moduleExtension}`)],
  ['chatserv/testing', resolved(`${own}testing/index${moduleExtension}`)],
]);

/** The modules of plugins and configs. */
export const modules = new Modules(
  (url) => url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(own),
);

/** Whether the hooks are registered: Node has one list of them in a process, and cannot be asked for it. */
let registered = false;

/**
 * Registers hooks that resolve `chatserv` to the running program, wherever on the disk a plugin or config is, so that a
 * global installation and a folder of plugins work together. Calling it again does nothing.
 */
export function registerModuleHooks(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    // It runs for each import of each module, most of which Node need not resolve.
    resolve(specifier, context, next) {
      const own = API.get(specifier);
      if (own !== undefined) return own;
      const at = specifier.startsWith(FROM) ? specifier.indexOf('#') : -1;
      const resolve = () =>
        at < 0
          ? next(specifier, context)
          : next(specifier.slice(at + 1), { ...context, parentURL: specifier.slice(FROM.length, at) });
      // Node caches required modules by their file names.
      if (context.conditions.includes('require')) return resolve();
      if (specifier.startsWith('node:') && isBuiltin(specifier)) return resolved(specifier, 'builtin');
      return nearby(specifier, context.parentURL) ?? modules.resolve(specifier, context.parentURL, resolve);
    },
    load(url, context, next) {
      const format = formatOf(url);
      const loaded = next(url, format === undefined ? context : { ...context, format });
      if (modules.isTracked(url)) modules.loaded(url, loaded.source);
      return loaded;
    },
  });
}

/** The URLs of files that `nearby` has found. */
const files = new Set<string>();

/**
 * The file that an untracked module names by a relative path, if there is one. Node would look up the links of each folder
 * above it, again for every module.
 */
function nearby(specifier: string, importer: string | undefined): ResolveFnOutput | undefined {
  if (!specifier.startsWith('.') || !/^\.{1,2}\/[\w./-]+$/.test(specifier)) return undefined;
  if (!importer?.startsWith('file:') || modules.isTracked(importer)) return undefined;
  const { href } = new URL(specifier, importer);
  if (files.has(href)) return resolved(href);
  if (modules.isTracked(href)) return undefined;
  if (!lstatSync(fileURLToPath(href), { throwIfNoEntry: false })?.isFile()) return undefined;
  files.add(href);
  return resolved(href);
}

/** A resolution that Node does not look at. With a format it looks for no package.json either. */
function resolved(url: string, format = formatOf(url)): ResolveFnOutput {
  return { url, format, shortCircuit: true };
}

/** TypeScript is always a module here, whatever a package.json nearby says, such as the one that `npm init` writes. */
function formatOf(url: string): string | undefined {
  return /\.ts($|\?)/.test(url) ? 'module-typescript' : undefined;
}

/** Imports the current version of a module by its path. */
export function importFile(file: string): Promise<{ default?: unknown }> {
  return retried(file, () => import(pathToFileURL(file).href));
}

/** Loads a module. One that fails or takes too long is loaded again by the next reload. */
export async function retried<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    modules.invalidate(pathToFileURL(file).href);
    throw cause;
  }
}

/** Imports a package as a file in a folder would. */
export function importPackage(name: string, folder: string): Promise<{ default?: unknown }> {
  return import(`${FROM}${pathToFileURL(`${folder}/config`).href}#${name}`);
}

/** Whether a file in a folder could import a package, without loading it. */
export function hasPackage(name: string, folder: string): boolean {
  if (isBuiltin(name)) return false;
  try {
    createRequire(`${folder}/config`).resolve(name);
    return true;
  } catch (cause) {
    // A package that can only be imported exists too.
    return (cause as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** The folder of this program's own code, beside that of the standard plugins. */
export const ownFolder = fileURLToPath(own);

/** The folder of the standard plugins. */
export const standardFolder = fileURLToPath(new URL('../../plugins/', import.meta.url));
