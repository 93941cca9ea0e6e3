import { readFileSync } from 'node:fs';

/**
 * The code that a page of the docs shows.
 * @param page its path in the repository
 * @param before the end of what stands before the code: its first line is indented, and a line that is indented less ends it
 * @throws when there is none
 */
export function codeIn(page: string, before: string): string {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const [, indent, block] = text.split(`${before}\n\n`)[1]?.match(/^( {4,})(.*\n(?:(?:\1.*)?\n)*)/) ?? [];
  if (indent === undefined || block === undefined) throw new Error(`${page} shows no code after '${before}'`);
  return `${block.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd()}\n`;
}
