import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Plugin, withOptions } from 'chatserv';
import { playTranscript, type TestPlugins } from 'chatserv/testing';
import { afterAll, expect, test } from 'vitest';
import { type Block, blocksIn, codeIn } from '../support/code-in.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The cookbook has a test of its own. */
const PAGES = globSync(['README.md', 'docs/**/*.md'], { cwd: ROOT, exclude: ['docs/cookbook.md', 'docs/source/**'] });
const isConversation = ({ language, name }: Block) =>
  language === 'chat' || (language === 'transcript' && !name?.endsWith('.txt'));

const folder = mkdtempSync(join(tmpdir(), 'chatserv-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What happens on a page that only one of the users' terminals shows: lines of a transcript, by the line that follows. */
const BEHIND: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'README.md': {
    'alice connects': [
      'users: bob',
      'bob logs in',
      'carol connects',
      'carol> carol',
      'carol< register',
      'carol> y',
      'carol< password',
      "carol> my cat's birthday",
      "carol> my cat's birthday",
      'carol< registered',
      'carol disconnects',
    ],
    'alice< [..] bob: always': ['bob< [..] alice: are you there?', 'bob> message alice always', 'bob< sent:'],
    'alice> logout': ['bob< [..] alice: lunch at noon'],
  },
  'docs/plugins/hooks.md': { 'alice logs in': ['users: bob'] },
};

/** The blocks of a page as one transcript. In a `chat`, lines after `>` are typed by the user whom it names, or Alice. */
function transcriptOf(blocks: readonly Block[]): string[] {
  const online = new Set<string>();
  const lines: string[] = [];
  const show = (user: string, how: string) => {
    if (online.has(user)) return;
    online.add(user);
    if (how === 'logs in') lines.push(`users: ${user}`);
    lines.push(`${user} ${how}`);
  };
  for (const { language, name = 'alice', code } of blocks) {
    const shown = code.trimEnd().split('\n');
    if (language === 'transcript') {
      for (const [, user = ''] of code.matchAll(/^(\w+)[<>]/gm)) show(user, 'logs in');
      lines.push(...shown);
      continue;
    }
    show(name, shown.includes('welcome') ? 'connects' : 'logs in');
    for (const line of shown) {
      lines.push(line.startsWith('> ') ? `${name}${line}` : `${name}< ${line.replace(/^\[20\S+Z\]/, '[..]')}`);
      if (line !== 'goodbye') continue;
      lines.push(`${name} is disconnected`);
      online.delete(name);
    }
  }
  return lines;
}

/** The plugins that a page shows, with the options of its config. */
async function pluginsOf(page: string): Promise<TestPlugins> {
  const blocks = blocksIn(page).filter(({ name }) => name !== undefined);
  const config = blocks.find(({ name }) => name === 'chatserv.config.json')?.code ?? '{ "plugins": {} }';
  const { plugins: options } = JSON.parse(config) as { readonly plugins: Readonly<Record<string, object>> };
  const files = blocks.filter(({ name = '' }) => /^[\w-]+\.ts$/.test(name));
  mkdirSync(join(folder, page), { recursive: true });
  for (const { name = '', code } of files) writeFileSync(join(folder, page, name), code);
  const plugins: Record<string, Plugin> = {};
  for (const { name = '' } of files) {
    const { default: plugin } = (await import(join(folder, page, name))) as { default: Plugin };
    plugins[name.replace('.ts', '')] = withOptions(plugin, options[`./${name}`] ?? {});
  }
  return plugins;
}

test.each(PAGES.filter((page) => blocksIn(page).some(isConversation)))(
  'the conversations on %s go so',
  async (page) => {
    const plugins = await pluginsOf(page);
    const behind = BEHIND[page] ?? {};
    const lines = transcriptOf(blocksIn(page).filter(isConversation));
    expect(Object.keys(behind).filter((line) => !lines.includes(line))).toEqual([]);
    const file = join(folder, page, 'shown.txt');
    mkdirSync(join(folder, page), { recursive: true });
    const config = Object.keys(plugins).map((name) => `config: ${name}`);
    writeFileSync(file, [...config, ...lines.flatMap((line) => [...(behind[line] ?? []), line])].join('\n'));
    await playTranscript(file, plugins);
  },
);

test('the transcript that docs/plugins/testing.md shows is one of ours', () => {
  const ours = readFileSync(join(ROOT, 'test/transcripts/poll.txt'), 'utf8').replace(/^#.*$/m, '');
  expect(codeIn('docs/plugins/testing.md', 'poll.txt').replace(/^#.*$/m, '')).toBe(ours);
});

// The tests that the page shows become tests of ours, of examples that are in the repository.
for (const { name = '', code } of blocksIn('docs/plugins/testing.md').filter(({ name }) =>
  name?.endsWith('.test.ts'),
)) {
  const file = join(folder, name);
  writeFileSync(
    file,
    code
      .replace("'node:test'", "'vitest'")
      .replace(/'\.\/(\w+\.ts)'/, (_all, example) => `'${ROOT}/examples/${example}'`),
  );
  await import(file);
}
