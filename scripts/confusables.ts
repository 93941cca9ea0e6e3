import data from 'unhomoglyph/data.json' with { type: 'json' };
import { nameObjection } from '../src/usernames/name.ts';

/** Where the package takes its data from. */
const VERSION = '13.0.0';

/** Characters, each with the one or those that stand for all that look like it. */
const prototypes: Readonly<Record<string, string>> = data;

/** The module of characters that are taken for each other: of Unicode's list, what can come up in a decomposed name. */
export function confusablesModule(): string {
  const alike = new Map<string, string[]>();
  for (const [character, prototype] of Object.entries(prototypes)) {
    if (character === prototype || character.normalize('NFD') !== character || !comesUp(character)) continue;
    const others = alike.get(prototype);
    if (others === undefined) alike.set(prototype, [character]);
    else others.push(character);
  }
  const lines = [...alike].map(([prototype, others]) => `${points(prototype)}: ${others.map(points).join(' ')}`);
  return `// Made by \`npm run generate\` from Unicode's confusables.txt, version ${VERSION}, under Unicode's licence: docs/licences.md.

/** Code points: those that stand for all that look like them, then the ones that do. */
export const CONFUSABLES = \`
${lines.sort().join('\n')}
\`;
`;
}

/** Whether a character may be part of a name, beside the right others. */
function comesUp(character: string): boolean {
  return (
    nameObjection(`a${character}`) !== 'characters' ||
    ['\u00b7', '\u0375', '\u05f3', '\u05f4', '\u30fb'].includes(character)
  );
}

function points(text: string): string {
  return [...text].map((character) => (character.codePointAt(0) ?? 0).toString(16)).join('+');
}
