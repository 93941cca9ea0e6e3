import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clientEvents, serverEvents } from '../../src/client/json-events.ts';
import { type Block, blocksIn, codeIn } from '../support/code-in.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = globSync(['README.md', '{docs,examples,templates}/**/*.md'], {
  cwd: ROOT,
  exclude: ['docs/source/**', 'docs/reference/**'],
});
const BLOCKS = PAGES.flatMap(blocksIn);

const folder = mkdtempSync(join(tmpdir(), 'chatserv-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files that a page imports from another, by where they are. */
const ELSEWHERE = { 'docs/plugins/testing.md': ['examples/roll.ts', 'examples/poll.ts'] };

/** A part of a config, which pages show without what surrounds it. */
const isPartOfConfig = ({ code }: Block) => /^(plugins|limits): /.test(code);

test('every block of TypeScript type-checks: a module, or a part of a config', { timeout: 120_000 }, () => {
  for (const [page, files] of Object.entries(ELSEWHERE)) {
    for (const file of files) write(page, file.replace(/.*\//, ''), readFileSync(join(ROOT, file), 'utf8'));
  }
  for (const block of BLOCKS.filter(({ language }) => language === 'ts')) {
    const { page, line, name = `line-${line}.ts`, code } = block;
    const head = "import { defineConfig } from 'chatserv';\nexport default defineConfig({\n";
    write(page, name, isPartOfConfig(block) ? `${head}${code}});\n` : code);
  }
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDir: '/',
      paths: {
        chatserv: [join(ROOT, 'index.ts')],
        'chatserv/client': [join(ROOT, 'src/client/index.ts')],
        'chatserv/testing': [join(ROOT, 'src/testing/index.ts')],
      },
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: ['**/*.ts'],
    exclude: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  expect(spawnSync(process.execPath, [compiler, '--noEmit', '-p', folder], { encoding: 'utf8' }).stdout).toBe('');
});

test('every block of JSON is valid', () => {
  for (const { page, line, code } of BLOCKS.filter(({ language }) => language === 'json')) {
    expect(() => JSON.parse(code), `${page}:${line}`).not.toThrow();
  }
});

test('what clients and servers send in docs/json.md fits the schemas of its events', () => {
  const lines = blocksIn('docs/json.md').flatMap(({ code }) => code.match(/^[<>] \{.*\}$/gm) ?? []);
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const schema = line.startsWith('>') ? clientEvents : serverEvents;
    expect(schema.safeParse(JSON.parse(line.slice(2))).error, line).toBeUndefined();
  }
});

test('the transport that docs/plugins/transports.md shows is what `chatserv new plugin` begins with', () => {
  const template = readFileSync(join(ROOT, 'templates/transport/plugin.ts'), 'utf8');
  expect(codeIn('docs/plugins/transports.md', 'transport.ts')).toBe(template.replaceAll('example', 'second-door'));
});

/** Writes a file into the folder of a page. */
function write(page: string, name: string, code: string): void {
  mkdirSync(join(folder, page), { recursive: true });
  writeFileSync(join(folder, page, name), code);
}
