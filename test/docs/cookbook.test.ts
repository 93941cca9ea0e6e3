import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Plugin, withOptions } from 'chatserv';
import { PASSWORD, playTranscript, type TestServer, type TranscriptProgram } from 'chatserv/testing';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'chatserv-cookbook-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

/** A recipe as the page shows it. */
interface Recipe {
  readonly title: string;
  readonly file: string;
  readonly code: string;
  readonly plugins: Readonly<Record<string, boolean | object>>;
  readonly transcript: string;
}

const RECIPES = readFileSync(join(ROOT, 'docs/cookbook.md'), 'utf8').split(/^## /m).slice(1).map(recipeOf);

function recipeOf(section: string): Recipe {
  const block = (info: string) => section.match(new RegExp(`^\`\`\`${info}\n([^]*?)^\`\`\`$`, 'm'))?.[1] ?? '';
  const [, file = ''] = section.match(/^```ts \[(.+)\]$/m) ?? [];
  return {
    title: section.split('\n', 1)[0] ?? '',
    file,
    code: block(`ts \\[${file}\\]`),
    plugins: (JSON.parse(block('json \\[chatserv.config.json\\]')) as Pick<Recipe, 'plugins'>).plugins,
    transcript: block('transcript'),
  };
}

/** Lines that a program has written, for a transcript that expects them. */
class Lines {
  readonly #written: string[] = [];
  #wake = () => {};

  write(...lines: readonly string[]): void {
    this.#written.push(...lines);
    this.#wake();
  }

  async next(what: string): Promise<string> {
    if (this.#written.length === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`waited 5 s for ${what}`)), 5_000);
      this.#wake = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
    return this.#written.shift() ?? '';
  }
}

/** `curl` with the options -H and -d, of which the page's localhost:4180 is the server's HTTP port. */
function curl(server: TestServer, fetch: typeof globalThis.fetch): TranscriptProgram {
  const lines = new Lines();
  return {
    next: (what) => lines.next(what),
    async says(line) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare);
      const after = (option: string) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
      const [name, value] = after('-H')?.split(': ') ?? [];
      const body = after('-d');
      const url = `http://${words.at(-1)?.replace('localhost:4180', server.listening.get('http') ?? '')}`;
      const response = await fetch(url, {
        ...(body !== undefined && { method: 'POST', body }),
        ...(name !== undefined && value !== undefined && { headers: { [name]: value } }),
      });
      lines.write(...(await response.text()).trimEnd().split('\n'));
    },
  };
}

/** What other servers answer to the plugins' requests, and what a transcript shows of them. */
function answer(url: string, { method = 'GET', body }: RequestInit): { status: number; program: string; line: string } {
  if (url.startsWith('https://ntfy.sh/')) return { status: 200, program: 'ntfy', line: `${method} ${url} ${body}` };
  const isRight = method === 'GET' ? url.endsWith('/alice') : String(body) === `password=${PASSWORD}`;
  const status = isRight ? 200 : method === 'GET' ? 404 : 403;
  return { status, program: 'website', line: `${method} ${url} ${status}` };
}

/** Plays a recipe's conversation. */
async function play({ file, code, plugins, transcript }: Recipe): Promise<void> {
  const path = join(folder, file);
  writeFileSync(path, code);
  const { default: plugin } = (await import(path)) as { default: Plugin };
  const { [`./${file}`]: options, ...standard } = plugins;
  const recipe = typeof options === 'object' ? withOptions(plugin, options) : plugin;
  const config = Object.entries({ ...standard, http: { port: 0 } }).map(
    ([name, entry]) => `config: ${name} = ${JSON.stringify(entry)}\n`,
  );
  writeFileSync(`${path}.txt`, `config: recipe\n${config.join('')}${transcript}`);

  const requests = { ntfy: new Lines(), website: new Lines() };
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const { status, program, line } = answer(url, init);
    requests[program as keyof typeof requests].write(line);
    return new Response(null, { status });
  });
  const silent = { says: () => {} };
  await playTranscript(
    `${path}.txt`,
    { recipe },
    {
      curl: (server) => curl(server, fetch),
      ntfy: () => ({ ...silent, next: (what) => requests.ntfy.next(what) }),
      website: () => ({ ...silent, next: (what) => requests.website.next(what) }),
    },
  );
}

test('the page has twelve recipes, each once in its table', () => {
  const table = readFileSync(join(ROOT, 'docs/cookbook.md'), 'utf8').matchAll(/^\| \[(.+)\]\(#/gm);
  expect([...table].map(([, title]) => title)).toEqual(RECIPES.map(({ title }) => title));
  expect(RECIPES).toHaveLength(12);
});

/** Runs a program of a package. @returns its standard output */
function run(program: string, options: readonly string[], input = ''): string {
  const file = join(ROOT, 'node_modules', program);
  return spawnSync(process.execPath, [file, ...options], { cwd: ROOT, input, encoding: 'utf8' }).stdout;
}

describe.each(RECIPES)('$title', (recipe) => {
  test('the conversation goes as the page shows it', () => play(recipe));
  test('the code is short and formatted', () => {
    expect(recipe.code.match(/^.*\S.*$/gm)?.length).toBeLessThanOrEqual(40);
    const format = ['format', '--stdin-file-path=docs/cookbook.ts'];
    expect(run('@biomejs/biome/bin/biome', format, recipe.code)).toBe(recipe.code);
  });
});
