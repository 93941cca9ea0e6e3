/**
 * Writes src/usernames/confusables.txt from Unicode's confusables.txt, once per version of Unicode:
 * `node scripts/confusables.ts FILE`, where FILE comes from https://www.unicode.org/Public/17.0.0/security/.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const source = readFileSync(process.argv[2] ?? '', 'utf8');
const [, version = ''] = /^# Version: (.*)$/m.exec(source) ?? [];
const alike = new Map<string, string[]>();
for (const [, character = '', prototype = ''] of source.matchAll(/^([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA/gm)) {
  if (!staysAsItIs(character)) continue;
  const others = alike.get(prototype);
  if (others === undefined) alike.set(prototype, [character]);
  else others.push(character);
}
const lines = [...alike].map(([prototype, characters]) => `${prototype}: ${characters.sort().join(' ')}`);
writeFileSync(
  new URL('../src/usernames/confusables.txt', import.meta.url),
  `# Unicode ${version}, confusables.txt, made by scripts/confusables.ts. Licence: docs/licences.md
# Prototype: the characters that look like it. Characters that NFKD decomposes are left out.
${lines.sort().join('\n')}
`,
);

/** Whether a decomposed name may contain a character. */
function staysAsItIs(point: string): boolean {
  const character = String.fromCodePoint(Number.parseInt(point, 16));
  return character.normalize('NFKD') === character;
}
