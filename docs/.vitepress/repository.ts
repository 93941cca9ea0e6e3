import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExternal, linksIn } from './markdown.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Pages of the site that show files outside of docs/ are in this folder of the site. */
const SOURCE = 'source/';

export interface SourceFile {
  /** Its path in the repository. */
  readonly path: string;
  readonly text: string;
}

/**
 * Where a link of the docs leads on the site: files outside of docs/ have pages under `source/`.
 * @param page the linking page's path on the site
 */
export function siteLink(target: string, page: string): string {
  if (isExternal(target) || target.startsWith('#')) return target;
  const [path = '', anchor] = target.split('#');
  const file = fileOf(path, page);
  const address = file.startsWith('docs/')
    ? file.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1')
    : sourcePage(file).replace(/\.md$/, '.html');
  return `/${address}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** The page of the site that shows a file outside of docs/. */
export function sourcePage(file: string): string {
  return `${SOURCE}${file.endsWith('.md') ? file : `${file}.md`}`;
}

/** Every file outside of docs/ to which these pages link, and to which such a file links in turn. */
export function linkedFiles(pages: readonly string[]): SourceFile[] {
  const found = new Map<string, SourceFile>();
  const follow = (text: string, page: string) => {
    for (const target of linksIn(text)) {
      const [path = ''] = target.split('#');
      if (isExternal(target) || path === '') continue;
      const file = fileOf(path, page);
      if (file.startsWith('docs/') || found.has(file) || !existsSync(ROOT + file)) continue;
      const linked = readFileSync(ROOT + file, 'utf8');
      found.set(file, { path: file, text: linked });
      if (file.endsWith('.md')) follow(linked, sourcePage(file));
    }
  };
  for (const page of pages) follow(readFileSync(`${ROOT}docs/${page}`, 'utf8'), page);
  return [...found.values()];
}

/** The file to which a page of the site links, as a path in the repository. */
function fileOf(path: string, page: string): string {
  const from = page.startsWith(SOURCE) ? page.slice(SOURCE.length) : `docs/${page}`;
  return posix.normalize(posix.join(posix.dirname(from), decodeURI(path)));
}
