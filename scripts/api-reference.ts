import { API_PAGES, type ApiPage } from './api-pages.ts';
import { type Declarations, withDeclarations } from './declarations.ts';

/** What separates two declarations while they are formatted. */
const SEAM = '\n// ----\n';

/**
 * The public API as types and doc comments, a text for each page.
 * @param root of this repository, with a slash
 * @param formatted formats TypeScript
 * @throws when a page does not show exactly what its modules export
 */
export function apiReference(
  root: string,
  formatted: (text: string) => string,
): readonly (readonly [string, string])[] {
  return withDeclarations(root, (declarations) =>
    API_PAGES.map((page) => [page.file, pageText(page, declarations, formatted)] as const),
  );
}

function pageText(page: ApiPage, declarations: Declarations, formatted: (text: string) => string): string {
  const { file, title, intro, modules, leavesOut, sections } = page;
  const declared = new Map(modules.flatMap((module) => [...declarations(module, leavesOut)]));
  const named = sections.flatMap(({ names }) => names);
  const placeless = [...declared.keys()].filter((name) => !named.includes(name));
  if (placeless.length > 0) throw new Error(`${file} does not show ${placeless.join(', ')}`);
  const missing = named.filter((name) => !declared.has(name));
  if (missing.length > 0) throw new Error(`${file} shows ${missing.join(', ')}, which nothing exports`);
  // Formatted together: starting the formatter costs more than all of the text.
  const texts = formatted(named.map((name) => declared.get(name)).join(SEAM)).split(SEAM.trim());
  const code = new Map(named.map((name, i) => [name, texts[i]?.trim().replace(/^export (declare )?/m, '')]));
  const parts = sections.map(({ heading, intro, names }) => {
    const entries = names.map((name) => `### ${name}\n\n\`\`\`ts\n${code.get(name)}\n\`\`\``);
    return `## ${heading}\n\n${intro}\n\n${entries.join('\n\n')}`;
  });
  return `# ${title}\n\n${intro}\n\n${parts.join('\n\n')}\n`;
}
