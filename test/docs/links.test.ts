import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = globSync(['*.md', '{docs,examples,packaging,templates}/**/*.md'], { cwd: ROOT });
/** A link; its text may hold one level of brackets, such as an image. */
const LINK = /\[(?:[^[\]]|\[[^[\]]*\])*\]\(([^)\s]+)\)/g;
/** An image, also one inside a link. */
const IMAGE = /!\[[^[\]]*\]\(([^)\s]+)\)/g;

test.each(PAGES)('links and anchors in %s resolve', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test.each(PAGES)('the files that %s names exist', (page) => {
  const names = proseOf(read(page), false).matchAll(
    /`((?:bench|docs|examples|packaging|plugins|src|templates|test)\/[\w./-]*)`/g,
  );
  expect([...names].map(([, name = '']) => name).filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});

test('links to a missing file or heading are found', () => {
  expect(brokenIn('docs/page.md', '[a](nowhere.md) ![b](images/none.png) [c](#none) [d](config.md#none)')).toEqual([
    'nowhere.md',
    'images/none.png',
    '#none',
    'config.md#none',
  ]);
  expect(anchors('# Two words, `code` and [a link](x.md)\n\n## Again\n\n## Again')).toEqual(
    new Set(['two-words-code-and-a-link', 'again', 'again-1']),
  );
});

function brokenLinks(page: string): string[] {
  return brokenIn(page, read(page));
}

/** The targets of a page's relative links that do not exist in the repository. */
function brokenIn(page: string, text: string): string[] {
  const prose = proseOf(text);
  const targets = [LINK, IMAGE].flatMap((pattern) => [...prose.matchAll(pattern)].map(([, target = '']) => target));
  return [...new Set(targets)].filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), decodeURI(path)));
    if (file.startsWith('..') || !existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && !(file.endsWith('.md') && anchors(read(file)).has(anchor));
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  const found = new Map<string, number>();
  const slugs = [...proseOf(text, false).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(LINK, (link) => link.slice(1, link.lastIndexOf('](')))
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const times = found.get(slug) ?? 0;
    found.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(slugs);
}

/** A page without its code blocks and, by default, its code spans. */
function proseOf(text: string, withoutSpans = true): string {
  const blocks = text.replaceAll(/^```.*\n[\s\S]*?^```$/gm, '').replaceAll(/^ {4}.*$/gm, '');
  return withoutSpans ? blocks.replaceAll(/`[^`\n]*`/g, '`') : blocks;
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}
