import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file to serve. */
export interface ServedFile {
  readonly type: string;
  readonly body: Buffer;
  /** The compressed body. */
  readonly gzip: Buffer;
  readonly etag: string;
  /** Whether its address changes with its content, so that it can be cached for ever. */
  readonly immutable: boolean;
}

/** The settings of a server that the page depends on. */
export interface SiteOptions {
  readonly title: string;
  readonly welcome: string;
  /** The paths of the page and of the WebSocket on the HTTP port. */
  readonly path: string;
  readonly socket: string;
  /** Whether new users can register. */
  readonly registers: boolean;
  /** Whether guests can come in. */
  readonly welcomesGuests: boolean;
  /** Whether there are invitations. */
  readonly invites: boolean;
  /** Whether messages are stored for offline users. */
  readonly keepsMessages: boolean;
}

/** Where the page looks up invitations, below its path. */
export const INVITATION = 'invitation';

/** The files that `npm run build:page` makes for browsers, and the page that names them. */
const BUILT = new URL('built/', import.meta.url);
const SOURCE = new URL('browser/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/**
 * All files of the page, by their paths below it: the page itself at the empty path, and its assets in a folder named
 * after a hash of their content, so that a browser never uses cached assets with another version of the page.
 * @param scripts those of plugins, by name
 * @returns undefined if the page was not built
 * @throws when a file cannot be read
 */
export function siteFiles(
  options: SiteOptions,
  scripts: ReadonlyMap<string, { readonly source: string }>,
): ReadonlyMap<string, ServedFile> | undefined {
  const { title, welcome, path, socket, registers, invites, welcomesGuests, keepsMessages } = options;
  if (!existsSync(new URL('main.js', BUILT))) return undefined;
  const names = readdirSync(BUILT).filter((name) => extname(name) in TYPES);
  const parts = new Map(names.sort().map((name) => [name, read(name, BUILT)]));
  const added = [...scripts].map(([name, { source }]) => [`plugin-${name}.js`, source] as const);
  for (const [name, source] of added) parts.set(name, source);
  parts.set('icon.svg', read('icon.svg', SOURCE));
  const assets = `assets/${digest(JSON.stringify([...parts])).slice(0, 16)}`;
  const values: Readonly<Record<string, string>> = {
    title: escaped(title),
    welcome: escaped(welcome),
    assets,
    // Relative, since a proxy may serve it all under another path.
    socket: escaped(posix.relative(path, socket)),
    registration: registers ? 'on' : 'off',
    guests: welcomesGuests ? 'on' : 'off',
    invitations: invites ? INVITATION : '',
    keepsMessages: keepsMessages ? 'on' : 'off',
    scripts: added.map(([name]) => name).join(' '),
  };
  const page = read('page.html', SOURCE).replace(/\{\{(\w+)\}\}/g, (_all, name) => values[name] ?? '');
  const files = new Map([['', served('text/html', page, false)]]);
  for (const [name, text] of parts) files.set(`${assets}/${name}`, served(TYPES[extname(name)] ?? '', text, true));
  return files;
}

function served(type: string, text: string, immutable: boolean): ServedFile {
  const body = Buffer.from(text);
  // Weak: the same with and without compression.
  return { type: `${type}; charset=utf-8`, body, gzip: gzipSync(body), etag: `W/"${digest(text)}"`, immutable };
}

function read(name: string, folder: URL): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
