import { hash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ModuleSource, ResolveFnOutput } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The query parameter of later versions of a module. */
const VERSION = 'chatserv-version';

/** A module of the user's, whose file may be edited while the server runs. */
interface Module {
  readonly path: string;
  /** A digest of the file at the last look; empty if it could not be read or loaded. */
  content: string;
  /** How often it, or what it imports, has changed. */
  version: number;
  /** The modules that import it. */
  readonly importers: Set<string>;
}

/**
 * The modules of plugins and configs that this process has imported. Each version of a module has its own URL, so that
 * after `refresh` changed modules and their importers are loaded again, and all others keep their instance. Node never
 * frees the old ones.
 */
export class Modules {
  /** Whether a URL is tracked; others are never loaded a second time. */
  readonly isTracked: (url: string) => boolean;
  readonly #modules = new Map<string, Module>();
  /** The paths that imports asked for, before links were resolved, whether or not there was a file. */
  readonly #asked = new Set<string>();
  /** What the URLs of such paths were resolved to. */
  readonly #resolved = new Map<string, string>();

  constructor(isTracked: (url: string) => boolean) {
    this.isTracked = isTracked;
  }

  /** The paths of all imports, including failed ones: an edit to any of them may change what is loaded. */
  paths(): ReadonlySet<string> {
    return this.#asked;
  }

  /** Notes that a path was asked for. */
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
   * Resolves an import to a URL of the current version, and notes the path that it asks for.
   * @param importer the URL of the importing module
   * @param resolve resolves it as Node does @throws when there is no such module
   */
  resolve(specifier: string, importer: string | undefined, resolve: () => ResolveFnOutput): ResolveFnOutput {
    const asked = askedUrl(specifier, importer);
    if (asked === undefined || !this.isTracked(asked.href)) {
      const found = resolve();
      return { ...found, url: this.#versioned(found.url, importer) };
    }
    const path = fileURLToPath(asked);
    this.ask(path);
    const isPlain = asked.search === '' && asked.hash === '';
    const found = (isPlain ? fileAt(path) : undefined) ?? resolve();
    this.#resolved.set(asked.href.replace(/[?#].*$/, ''), found.url);
    return { ...found, url: this.#versioned(found.url, importer) };
  }

  /** Adds the version to a resolved URL. @param importer the URL of the importing module */
  #versioned(url: string, importer: string | undefined): string {
    if (!this.isTracked(url) || url.includes('?')) return url;
    const module = this.#modules.get(url) ?? this.#add(url);
    const from = importer?.replace(/\?.*$/, '');
    if (from !== undefined && this.#modules.has(from)) module.importers.add(from);
    return module.version === 0 ? url : `${url}?${VERSION}=${module.version}`;
  }

  #add(url: string): Module {
    const path = fileURLToPath(url);
    const module = { path, content: '', version: 0, importers: new Set<string>() };
    this.#modules.set(url, module);
    this.ask(path);
    return module;
  }

  /** Notes the source that a module is loaded with; Node does not give that of a CommonJS module. */
  loaded(url: string, source: ModuleSource | undefined): void {
    const module = this.#modules.get(url.replace(/[?#].*$/, ''));
    if (module === undefined) return;
    module.content = source == null ? contentOf(module.path) : digest(source as string | Buffer);
  }

  /** Looks at all files again. From then on changed modules and their importers are loaded again. */
  async refresh(): Promise<void> {
    const contents = new Map<Module, string>();
    // One at a time: clients are served in between.
    for (const module of this.#modules.values()) {
      contents.set(module, await readFile(module.path).then(digest, () => ''));
    }
    const changed = new Set<string>();
    const add = (url: string): void => {
      if (changed.has(url)) return;
      changed.add(url);
      for (const importer of this.#modules.get(url)?.importers ?? []) add(importer);
    };
    for (const [url, module] of this.#modules) {
      const content = contents.get(module) ?? module.content;
      if (content === module.content && content !== '') continue;
      module.content = content;
      add(url);
    }
    for (const url of changed) (this.#modules.get(url) as Module).version++;
  }

  /** Marks a module that could not be loaded, and its imports: the next `refresh` loads them again, changed or not. */
  invalidate(asked: string): void {
    const url = this.#resolved.get(asked) ?? asked;
    const module = this.#modules.get(url);
    if (module === undefined || module.content === '') return;
    module.content = '';
    for (const [other, { importers }] of this.#modules) if (importers.has(url)) this.invalidate(other);
  }
}

/** The URL of the file that an import names, if it names one. */
function askedUrl(specifier: string, importer: string | undefined): URL | undefined {
  if (!/^(\.{1,2}\/|\/|file:)/.test(specifier)) return undefined;
  const url = URL.parse(specifier, importer);
  return url?.protocol === 'file:' ? url : undefined;
}

/** The file at a path, if there is one, with links resolved now: Node caches where they led at first. */
function fileAt(path: string): ResolveFnOutput | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isFile() ? { url: pathToFileURL(real).href, shortCircuit: true } : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(path: string): string {
  try {
    return digest(readFileSync(path));
  } catch {
    return '';
  }
}

function digest(bytes: string | Buffer): string {
  return hash('sha256', bytes, 'base64');
}
