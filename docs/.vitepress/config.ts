import { cpSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { headingsIn, slugOf } from './markdown.ts';
import { siteLink } from './repository.ts';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

const sidebar = [
  group(
    'Try it',
    'getting-started.md',
    'rooms.md',
    'history.md',
    'edits.md',
    'search.md',
    'unread.md',
    'mentions.md',
    'moderation.md',
    'account.md',
    'exports.md',
    'page.md',
    'terminal.md',
    'irc.md',
  ),
  group(
    'Host it',
    ...[
      'hosting',
      'config',
      'joining',
      'security',
      'transports',
      'limits',
      'backup',
      'postgres',
      'cluster',
      'operations',
      'robustness',
      'performance',
      'scaling',
    ].map((page) => `${page}.md`),
  ),
  group(
    'Write a plugin',
    'plugins.md',
    'cookbook.md',
    ...['commands', 'hooks', 'messages', 'rooms', 'storage', 'services', 'login', 'codecs', 'transports', 'stores'].map(
      (page) => `plugins/${page}.md`,
    ),
    'plugins/*.md',
  ),
  group('Connect a program', 'client.md', 'json.md', 'protocol.md'),
  group('Reference', 'reference/*.md'),
  group('Work on chatserv', 'internals/index.md', 'internals/*.md', 'design.md', 'licences.md'),
  group('Decisions', 'decisions/README.md', 'decisions/*.md'),
];

export default defineConfig({
  title: 'chatserv',
  description: 'A self-hosted chat server that you assemble from plugins',
  // GitHub shows a README.md with its folder; the site expects an index.md there.
  rewrites: { 'decisions/README.md': 'decisions/index.md' },
  // Links to the reader's own server are not checked, all others are.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    // Pages are plain Markdown, as GitHub shows them: no tags, no bare addresses that become links.
    html: false,
    linkify: false,
    anchor: { slugify: slugOf },
    languages: [conversation('chat', '^> .*'), conversation('transcript', '^[^ ]+> .*')],
    config(md) {
      md.core.ruler.before('normalize', 'comments', (state) => {
        state.src = state.src.replaceAll(/^<!--.*-->$/gm, '');
      });
      md.core.ruler.push('repository-links', ({ tokens, env }) => {
        for (const link of tokens
          .flatMap(({ children }) => children ?? [])
          .filter(({ type }) => type === 'link_open')) {
          const href = siteLink(link.attrGet('href') ?? '', env.relativePath);
          link.attrSet('href', href);
          // A file that is no page, such as a schema, is not the router's to open.
          if (href.endsWith('.json')) link.attrSet('target', '_self');
        }
      });
    },
  },
  themeConfig: {
    nav: [
      { text: 'Try it', link: '/getting-started' },
      { text: 'Host it', link: '/hosting' },
      { text: 'Write a plugin', link: '/plugins' },
      { text: 'Work on chatserv', link: '/internals/' },
    ],
    sidebar,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // Indexes the pages of the docs without the files beside them. Highlighting code for it would take seconds.
        _render: (text, env, md) =>
          env.relativePath.startsWith('source/') ? '' : md.render(text.replaceAll(/^( *```)\w+/gm, '$1'), env),
      },
    },
  },
  // The page of the API is large.
  vite: { build: { chunkSizeWarningLimit: 1000 } },
  buildEnd({ outDir }) {
    for (const schema of globSync('*.schema.json', { cwd: DOCS })) cpSync(join(DOCS, schema), join(outDir, schema));
  },
});

/** The language of blocks that show a conversation, in which what somebody types stands out. */
function conversation(name: string, typed: string) {
  return { name, scopeName: `text.${name}`, repository: {}, patterns: [{ match: typed, name: 'keyword' }] };
}

/** A part of the sidebar: the pages that patterns name, in their order, under their own titles. */
function group(text: string, ...patterns: string[]): DefaultTheme.SidebarItem {
  const files = new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: DOCS }).sort()));
  const items = [...files].map((file) => {
    const [title] = headingsIn(readFileSync(DOCS + file, 'utf8'));
    return { text: title?.replaceAll('`', ''), link: `/${file.replace(/(README)?\.md$/, '')}` };
  });
  return { text, items, collapsed: true };
}
