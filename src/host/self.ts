import { createRequire, isBuiltin, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Modules } from './modules.ts';

/** Asks for a package as a certain file would find it: `chatserv-from:<folder's URL>#<package>`. */
const FROM = 'chatserv-from:';

/** How this program's files end: as source or as built. */
export const moduleExtension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** This program's own code, as source or as built, which is never loaded a second time. */
const own = new URL('..', import.meta.url).href;

/** What plugins, configs and tests import of it. */
const API: ReadonlyMap<string, string> = new Map([
  ['chatserv', `${own}index${moduleExtension}`],
  ['chatserv/client', `${own}client/index${moduleExtension}`],
  ['chatserv/testing', `${own}testing/index${moduleExtension}`],
]);

/** The modules of plugins and configs. */
export const modules = new Modules(
  (url) => url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(own),
);

let registered = false;

/**
 * Makes the running program answer for itself: wherever on the disk a plugin or a config lies, `chatserv` is the
 * program that loads it, so that a global installation and a lone folder of plugins work together.
 * It lasts as long as the process; calling it again does nothing.
 */
export function answerForSelf(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const url = API.get(specifier);
      if (url !== undefined) return { url, shortCircuit: true };
      const at = specifier.startsWith(FROM) ? specifier.indexOf('#') : -1;
      const resolve = () =>
        at < 0
          ? next(specifier, context)
          : next(specifier.slice(at + 1), { ...context, parentURL: specifier.slice(FROM.length, at) });
      // What is required, and not imported, Node keeps by its file's name.
      return context.conditions.includes('require')
        ? resolve()
        : modules.resolve(specifier, context.parentURL, resolve);
    },
    load(url, context, next) {
      // TypeScript is a module here whatever a package.json nearby says, such as the one that `npm init` writes.
      const isModule = /\.ts($|\?)/.test(url) && context.format !== 'module-typescript';
      return next(url, isModule ? { ...context, format: 'module-typescript' } : context);
    },
  });
}

/** Imports a module by its path, the instance of its version. */
export function importFile(file: string): Promise<{ default?: unknown }> {
  return retried(file, () => import(pathToFileURL(file).href));
}

/** Loads a module. One that fails, or is not there in time, is tried anew after the next edit of anything. */
export async function retried<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    modules.distrust(pathToFileURL(file).href);
    throw cause;
  }
}

/** Imports a package as a file in `folder` would find it. */
export function importPackage(name: string, folder: string): Promise<{ default?: unknown }> {
  return import(`${FROM}${pathToFileURL(`${folder}/config`).href}#${name}`);
}

/** Whether a file in `folder` would find a package, which is not loaded. */
export function hasPackage(name: string, folder: string): boolean {
  if (isBuiltin(name)) return false;
  try {
    createRequire(`${folder}/config`).resolve(name);
    return true;
  } catch (cause) {
    // One that can only be imported is there as well.
    return (cause as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** The folder of this program's own code, beside that of the standard plugins. */
export const ownFolder = fileURLToPath(own);

/** The folder in which the standard plugins lie. */
export const standardFolder = fileURLToPath(new URL('../../plugins/', import.meta.url));
