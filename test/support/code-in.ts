import { readFileSync } from 'node:fs';

/** A fenced block of code on a page. */
export interface Block {
  /** The page's path in the repository. */
  readonly page: string;
  /** The number of the line that opens it, from 1. */
  readonly line: number;
  /** Its language: the first word after the fence. */
  readonly language: string;
  /** What its brackets name, as in "ts [roll.ts]": a file, or whose terminal it shows. */
  readonly name: string | undefined;
  readonly code: string;
}

/** The fenced blocks of a page, in order. */
export function blocksIn(page: string): Block[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const fences = text.matchAll(/^( *)```(\w*)(?: \[(.*)\])?\n((?:.*\n)*?)\1```$/gm);
  return [...fences].map(({ index, 1: indent = '', 2: language = '', 3: name, 4: body = '' }) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    language,
    name,
    code: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/**
 * The code of a file that a page shows.
 * @throws when it shows no such file
 */
export function codeIn(page: string, name: string): string {
  const block = blocksIn(page).find((each) => each.name === name);
  if (block === undefined) throw new Error(`${page} does not show ${name}`);
  return block.code;
}
