import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** A part of a page: the folder that it is about, if any, and its paragraphs. */
interface Section {
  readonly name: string;
  readonly folder: string | undefined;
  readonly text: string;
}

const PAGES = globSync('docs/internals/*.md', { cwd: ROOT }).toSorted();
const SECTIONS = PAGES.flatMap(sectionsOf);
const ROOMS = SECTIONS.flatMap(({ name, folder, text }) => {
  const [, imports] = text.match(/^Imports: (.*)$/m) ?? [];
  return folder === undefined || imports === undefined ? [] : [[name, folder, imports] as const];
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** A page's sections. One that begins with a folder is about it, and so are those after it. */
function sectionsOf(page: string): Section[] {
  let folder: string | undefined;
  const texts = read(page)
    .replaceAll(/^```.*\n[\s\S]*?^```$/gm, '')
    .split(/^(?=## )/m);
  return texts.map((text) => {
    folder = text.match(/^`((?:src|plugins)\/[\w/]*)\/` /m)?.[1] ?? folder;
    return { name: `${page}: ${text.match(/^#+ (.*)/)?.[1]}`, folder, text };
  });
}

/** Whether a file declares what is written `name()`, `Class.method()` or `Class.#method()`. */
function declares(code: string, span: string): boolean {
  const [name = '', method] = span.slice(0, -2).split('.');
  if (method === undefined)
    return new RegExp(`^(?:export )?(?:async )?(?:function\\*? |const )${name}\\b`, 'm').test(code);
  const [, body = ''] =
    code.match(new RegExp(`^(?:export )?(?:abstract )?class ${name}\\b([\\s\\S]*?)^\\}`, 'm')) ?? [];
  return new RegExp(`^  (?:static )?(?:async )?\\*?${method}\\b(?: = )?[(<]`, 'm').test(body);
}

/**
 * What a section names that does not exist: files, and functions. A function must be in a file that its paragraph names,
 * or in the section's folder.
 */
function missing({ folder = '.', text }: Section): string[] {
  const beside = folder === '.' ? [] : filesOf(folder);
  return text.split('\n\n').flatMap((paragraph) => {
    const spans = [...paragraph.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
    const named = spans.filter((span) => /^[\w./-]+\.ts$/.test(span));
    const files = named.map((span) => [join(folder, span), span].find((file) => existsSync(join(ROOT, file))));
    const code = [...files.filter((file) => file !== undefined), ...beside].map(read);
    const functions = spans.filter((span) => /^[\w.#]+\(\)$/.test(span));
    return [
      ...named.filter((_, i) => files[i] === undefined),
      ...functions.filter((span) => !code.some((one) => declares(one, span))),
    ];
  });
}

/** The TypeScript files of a folder, without its tests. */
function filesOf(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
}

/** The folders of src that a folder's files import. */
function importsOf(folder: string): Set<string> {
  const imported = filesOf(folder).flatMap((file) => {
    const paths = [...read(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path = '']) => path);
    return paths.map((path) => normalize(join(dirname(file), path)));
  });
  const outside = imported.filter((path) => path.startsWith('src/') && !path.startsWith(`${folder}/`));
  return new Set(outside.map((path) => path.replace(/^(src\/[\w-]+\/).*/, '$1')));
}

test.each(SECTIONS)('the files and functions of $name exist', (section) => {
  expect(missing(section)).toEqual([]);
});

test.each(ROOMS)('%s lists what %s imports', (_section, folder, imports) => {
  expect([...importsOf(folder)].filter((name) => !imports.includes(`\`${name}\``))).toEqual([]);
});

test('every folder of src has a section', () => {
  const folders = new Set(ROOMS.map(([, folder]) => folder));
  expect(readdirSync(join(ROOT, 'src')).filter((name) => !name.includes('.') && !folders.has(`src/${name}`))).toEqual(
    [],
  );
});

test('files and functions that do not exist are found', () => {
  const text = '`src/kernel/kernel.ts`: `Kernel.accept()`, `Kernel.#fail()`, `Kernel.fail()`, `accept()`, `none.ts`';
  expect(missing({ name: '', folder: undefined, text })).toEqual(['none.ts', 'Kernel.fail()', 'accept()']);
});
