import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { headingsIn, isExternal, linksIn, proseOf, slugOf } from '../../docs/.vitepress/markdown.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = globSync(['*.md', '{bench,docs,examples,packaging,plugins,templates}/**/*.md'], {
  cwd: ROOT,
  exclude: ['docs/source/**', '**/node_modules/**'],
});

test.each(PAGES)('links and anchors in %s resolve', (page) => {
  expect(brokenIn(page, read(page))).toEqual([]);
});

test.each(PAGES)('the files that %s names exist', (page) => {
  const names = proseOf(read(page)).matchAll(
    /`((?:bench|docs|examples|packaging|plugins|src|templates|test)\/[\w./-]*)`/g,
  );
  expect([...names].map(([, name = '']) => name).filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});

test.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('angle brackets in %s are code, not tags', (page) => {
  const prose = proseOf(read(page)).replaceAll(/`[^`\n]*`|<!--.*-->/g, '');
  expect(prose.match(/<\/?[a-z][^>\n]*>/gi) ?? []).toEqual([]);
});

test('links to a missing file or heading, to a folder and malformed addresses are found', () => {
  const links = ['nowhere.md', 'images/none.png', '#none', 'config.md#none', '../plugins/', 'http:/x', 'ftp://x.org'];
  const text = links.map((target) => `[a](${target})`).join(' ');
  expect(brokenIn('docs/page.md', `${text} ![b](none.svg) [c](config.md#limits) [d](https://example.org/a#b)`)).toEqual(
    [...links, 'none.svg'],
  );
});

test('anchors are those that GitHub makes', () => {
  expect(
    anchorsOf('# Two words, `code` and [a link](x.md)\n\n## Again\n\n```sh\n# no heading\n```\n\n## Again'),
  ).toEqual(new Set(['two-words-code-and-a-link', 'again', 'again-1']));
});

/** The targets of a page's links that lead nowhere. Addresses are not looked up, but must be well formed. */
function brokenIn(page: string, text: string): string[] {
  return linksIn(text).filter((target) => {
    if (isExternal(target))
      return !/^https?:\/\/[\w.-]+(:\d+)?(\/\S*)?$/.test(target) && !/^mailto:\S+@\S+$/.test(target);
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), decodeURI(path)));
    if (file.startsWith('..') || !existsSync(join(ROOT, file)) || statSync(join(ROOT, file)).isDirectory()) return true;
    return anchor !== undefined && !(file.endsWith('.md') && anchorsOf(read(file)).has(anchor));
  });
}

/** The anchors of a page's headings. */
function anchorsOf(text: string): Set<string> {
  const found = new Map<string, number>();
  const slugs = headingsIn(text).map((heading) => {
    const slug = slugOf(heading);
    const times = found.get(slug) ?? 0;
    found.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(slugs);
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}
