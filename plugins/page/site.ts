import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { browserModules } from './modules.ts';

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

/** The folder of the page's files, as source or as built. */
const FOLDER = new URL('browser/', import.meta.url);

/** The style sheets that are served as one, page.css. Later ones override earlier ones. */
const STYLES = [
  'tokens.css',
  'base.css',
  'controls.css',
  'faces.css',
  'login.css',
  'sheets.css',
  'layout.css',
  'list.css',
  'talk.css',
  'message.css',
  'composer.css',
];

/**
 * All files of the page, by their paths below it: the page itself at the empty path, and its assets in a folder named
 * after a hash of their content, so that a browser never uses cached assets with another version of the page.
 * @throws when a file cannot be read
 */
export function siteFiles(options: SiteOptions): ReadonlyMap<string, ServedFile> {
  const { title, welcome, path, socket, registers, invites, welcomesGuests, keepsMessages } = options;
  const main = new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', FOLDER);
  const modules = browserModules(main, (name) => import.meta.resolve(name));
  const parts = new Map<string, { type: string; text: string }>();
  for (const [name, text] of modules) parts.set(name, { type: 'text/javascript', text });
  parts.set('page.css', { type: 'text/css', text: STYLES.map(read).join('\n') });
  parts.set('icon.svg', { type: 'image/svg+xml', text: read('icon.svg') });
  const content = JSON.stringify([...parts]);
  const assets = `assets/${digest(content).slice(0, 16)}`;
  const values: Readonly<Record<string, string>> = {
    title: escaped(title),
    welcome: escaped(welcome),
    // Relative, since a proxy may serve it all under another path.
    socket: escaped(posix.relative(path, socket)),
    registration: registers ? 'on' : 'off',
    guests: welcomesGuests ? 'on' : 'off',
    invitations: invites ? INVITATION : '',
    keepsMessages: keepsMessages ? 'on' : 'off',
    absence: keepsMessages ? 'People who are away get the message later.' : 'Only people who are online get it.',
    assets,
    modules: [...modules.keys()].map((name) => moduleTag(name, assets)).join('\n    '),
  };
  const page = read('page.html').replace(/\{\{(\w+)\}\}/g, (_all, name) => values[name] ?? '');
  const files = new Map([['', served('text/html', page, false)]]);
  for (const [name, { type, text }] of parts) files.set(`${assets}/${name}`, served(type, text, true));
  return files;
}

function moduleTag(name: string, assets: string): string {
  if (name === 'main.js') return `<script type="module" src="${assets}/${name}"></script>`;
  return `<link rel="modulepreload" href="${assets}/${name}">`;
}

function served(type: string, text: string, immutable: boolean): ServedFile {
  const body = Buffer.from(text);
  // Weak: the same with and without compression.
  return { type: `${type}; charset=utf-8`, body, gzip: gzipSync(body), etag: `W/"${digest(text)}"`, immutable };
}

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
