import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/decisions/the-kernel-stands-on-four-layers.md'), 'utf8');

/** The folders in the page's table, each with the most lines it may have. */
const LAYERS = [...PAGE.matchAll(/^\| `(src\/\w+)\/` .* \| ([\d,]+) \|$/gm)].map(
  ([, folder = '', most = '']) => [folder, Number(most.replace(',', ''))] as const,
);

function linesOf(folder: string): number {
  const files = readdirSync(join(ROOT, folder)).filter((file) => !file.endsWith('.test.ts'));
  return files.reduce((sum, file) => sum + readFileSync(join(ROOT, folder, file), 'utf8').split('\n').length - 1, 0);
}

test('the page lists the kernel and its layers', () => {
  expect(LAYERS.map(([folder]) => folder)).toEqual(['src/kernel', 'src/messages', 'src/wire', 'src/api', 'src/hooks']);
});

test.each(LAYERS)('%s has at most %s lines: what belongs to another layer moves there', (folder, most) => {
  expect(linesOf(folder)).toBeLessThanOrEqual(most);
});
