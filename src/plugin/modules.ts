import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

  /** @param isTracked which URLs are looked after; of the others no second instance is ever loaded */
  constructor(isTracked: (url: string) => boolean) {
    this.#isTracked = isTracked;
  }

  /** The files that were imported. */
  files(): string[] {
    return [...this.#modules.keys()].map((url) => fileURLToPath(url));
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

  /** What to load for a URL that an import was resolved to. @param importer the URL of the module that imports it */
  versioned(url: string, importer: string | undefined): string {
    if (!this.#isTracked(url) || url.includes('?')) return url;
    const module = this.#modules.get(url) ?? { content: digest(url), version: 0, importers: new Set() };
    this.#modules.set(url, module);
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
  distrust(url: string): void {
    const module = this.#modules.get(url);
    if (module === undefined || module.content === '') return;
    module.content = '';
    for (const [other, { importers }] of this.#modules) if (importers.has(url)) this.distrust(other);
  }
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
