import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The declarations that a module exports, its own and those of other modules, by name and each with its doc comment.
 * @param module its path without the extension
 * @param leavesOut whether to leave out what it exports from another module
 */
export type Declarations = (module: string, leavesOut?: (module: string) => boolean) => Map<string, string>;

/** Compiles the declarations of a repository, and removes them after `use`. @param root its folder */
export function withDeclarations<T>(root: string, use: (declarations: Declarations) => T): T {
  const out = mkdtempSync(join(tmpdir(), 'chatserv-api-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', out], {
      cwd: root,
    });
    return use((module, leavesOut = () => false) => exportsOf(module, leavesOut, (file) => read(out, file)));
  } finally {
    rmSync(out, { recursive: true });
  }
}

function read(folder: string, module: string): string {
  return readFileSync(join(folder, `${module}.d.ts`), 'utf8');
}

function exportsOf(
  module: string,
  leavesOut: (module: string) => boolean,
  read: (module: string) => string,
): Map<string, string> {
  const found = new Map<string, string>();
  const text = read(module);
  for (const chunk of statements(text, '')) {
    const [, name] = chunk.match(/^export declare (?:interface|type|class|function|const) (\w+)/m) ?? [];
    if (name !== undefined) found.set(name, withoutInternals(chunk));
  }
  for (const [, names = '', path = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)\.[jt]s';$/gm)) {
    const file = join(module, '..', path);
    if (leavesOut(file)) continue;
    const chunks = statements(read(file), '');
    for (const name of names.match(/\w+(?=\s*(,|$))/g) ?? []) found.set(name, declaration(name, file, chunks));
  }
  return found;
}

function declaration(name: string, file: string, chunks: readonly string[]): string {
  const start = new RegExp(`^export (declare )?(interface|type|class|function|const) ${name}\\b`, 'm');
  const chunk = chunks.find((chunk) => start.test(chunk));
  if (chunk === undefined) throw new Error(`${file}.ts does not declare ${name}, which is exported from it`);
  return withoutInternals(chunk);
}

/** A class without its members that are marked `@internal`, or are private. */
function withoutInternals(declaration: string): string {
  const parts = /^(.*?\bclass [^\n]*\{\n)(.*)(\n\}\s*)$/s.exec(declaration);
  if (parts === null) return declaration;
  const [, head = '', body = '', tail = ''] = parts;
  const members = statements(body, '    ').filter((member) => !/@internal|^\s*(#private|private )/.test(member));
  return [head.replace(/ implements [^{]*/, ' '), members.join(''), tail].join('');
}

/** The statements, or members, that begin at this indent, each with the doc comment before it. */
function statements(text: string, indent: string): string[] {
  const begin = new RegExp(`(^${indent}/\\*\\*((?!\\*/)[^])*\\*/\n)?^${indent}[\\w#[]`, 'gm');
  const starts = [...text.matchAll(begin)].map(({ index }) => index);
  return starts.map((start, i) => text.slice(start, starts[i + 1]));
}
