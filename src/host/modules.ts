import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What an import of a module that was changed is told apart by. */
const VERSION = 'chatserv-version';

/** A module of the user's, a file that may be edited while the server runs. */
interface Module {
  /** A digest of the file, as it was when it was looked at last; empty when it could not be read or loaded. */
  content: string;
  /** How often it, or what it imports, has changed. */
  version: number;
  /** The modules that import it. */
  readonly importers: Set<string>;
}

/**
 * The modules of plugins and configs that this process has imported. An import asks for the instance of its version, so
 * that after `refresh` those that changed, and those that import them, are loaded anew, and all others keep their
 * instance. Node never frees the old ones.
 */
export class Modules {
  readonly #isTracked: (url: string) => boolean;
  readonly #modules = new Map<string, Module>();
  /** The paths that imports asked for, over links and whether or not there was anything. */
  readonly #asked = new Set<string>();
  /** What the URLs of such paths were resolved to. */
  readonly #resolved = new Map<string, string>();

  /** @param isTracked which URLs are looked after; of the others no second instance is ever loaded */
  constructor(isTracked: (url: string) => boolean) {
    this.#isTracked = isTracked;
  }

  /** The paths of all that was imported, or was to be: an edit of any may change what is. */
  paths(): ReadonlySet<string> {
    return this.#asked;
  }

  /** Notes that something is wanted from a path. */
  ask(path: string): void {
    this.#asked.add(path);
  }

  /** The files that import a file, and those that import these. */
  importersOf(file: string): string[] {
    const found = new Set<string>();
    const add = (url: string): void => {
      for (const importer of this.#modules.get(url)?.importers ?? []) {
        if (found.has(importer)) continue;
        found.add(importer);
        add(importer);
      }
    };
    add(pathToFileURL(file).href);
    return [...found].map((url) => fileURLToPath(url));
  }

  /**
   * Resolves an import, and notes the path that it asks for.
   * @param importer the URL of the module that imports it
   * @param resolve gives the URL to load @throws when there is none
   */
  resolve<R extends { readonly url: string }>(specifier: string, importer: string | undefined, resolve: () => R): R {
    const asked = askedUrl(specifier, importer);
    if (asked === undefined || !this.#isTracked(asked)) {
      const found = resolve();
      return { ...found, url: this.#versioned(found.url, importer) };
    }
    this.ask(fileURLToPath(asked));
    const found = resolve();
    const url = found.url.includes('?') ? found.url : realUrl(asked);
    this.#resolved.set(asked, url);
    return { ...found, url: this.#versioned(url, importer) };
  }

  /** What to load for a URL that an import was resolved to. @param importer the URL of the module that imports it */
  #versioned(url: string, importer: string | undefined): string {
    if (!this.#isTracked(url) || url.includes('?')) return url;
    const module = this.#modules.get(url) ?? { content: digest(url), version: 0, importers: new Set() };
    this.#modules.set(url, module);
    this.ask(fileURLToPath(url));
    const from = importer?.replace(/\?.*$/, '');
    if (from !== undefined && this.#modules.has(from)) module.importers.add(from);
    return module.version === 0 ? url : `${url}?${VERSION}=${module.version}`;
  }

  /** Looks at all files again: what has changed is imported anew from now on, with all that imports it. */
  refresh(): void {
    const changed = new Set<string>();
    const add = (url: string): void => {
      if (changed.has(url)) return;
      changed.add(url);
      for (const importer of this.#modules.get(url)?.importers ?? []) add(importer);
    };
    for (const [url, module] of this.#modules) {
      const content = digest(url);
      if (content === module.content && content !== '') continue;
      module.content = content;
      add(url);
    }
    for (const url of changed) (this.#modules.get(url) as Module).version++;
  }

  /** A module could not be loaded: it, and what it imports, is tried anew after the next `refresh`, changed or not. */
  distrust(asked: string): void {
    const url = this.#resolved.get(asked) ?? asked;
    const module = this.#modules.get(url);
    if (module === undefined || module.content === '') return;
    module.content = '';
    for (const [other, { importers }] of this.#modules) if (importers.has(url)) this.distrust(other);
  }
}

/** The URL of the file that an import names, if it names one. */
function askedUrl(specifier: string, importer: string | undefined): string | undefined {
  if (!/^(\.{1,2}\/|\/|file:)/.test(specifier) || !URL.canParse(specifier, importer)) return undefined;
  const { protocol, href } = new URL(specifier, importer);
  return protocol === 'file:' ? href.replace(/[?#].*$/, '') : undefined;
}

/** The URL of a file over links as they are now: Node remembers where they led to first. */
function realUrl(url: string): string {
  return pathToFileURL(realpathSync(fileURLToPath(url))).href;
}

function digest(url: string): string {
  try {
    return createHash('sha256')
      .update(readFileSync(fileURLToPath(url)))
      .digest('base64');
  } catch {
    return '';
  }
}
