import { expect, test } from 'vitest';
import { snippetOf } from './snippet.ts';

const FILLER = 'filler '.repeat(60);

test('a short text is shown whole', () => {
  expect(snippetOf('Is the kiln free?', ['kiln'])).toBe('Is the kiln free?');
});

test('a long text is shown around the first match, whatever its case and accents', () => {
  const snippet = snippetOf(`${FILLER}a CAFÉ in Paris ${FILLER}`, ['paris', 'cafe']);
  expect(snippet).toContain('a CAFÉ in Paris');
  expect(snippet).toMatch(/^….*…$/);
  expect([...snippet].length).toBeLessThan(210);
});

test('a text whose match is written in another way is shown from its beginning, and cut between characters', () => {
  expect(snippetOf(`first ${FILLER}`, ['nowhere'])).toMatch(/^first .*…$/);
  const emoji = snippetOf('👍'.repeat(300), ['x']);
  expect(emoji).toBe(`${'👍'.repeat(200)}…`);
  expect(snippetOf(`${FILLER}end`, ['end'])).toMatch(/^….*end$/);
});
