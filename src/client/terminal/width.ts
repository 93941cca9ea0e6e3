import stringWidth from 'string-width';

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a person takes for characters: with its marks, its modifiers, and what it is joined to. */
export function charactersOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is ASCII needs no segmenter
  if (/^[\u0000-\u007f]*$/.test(text)) return [...text];
  return Array.from(characters.segment(text), ({ segment }) => segment);
}

/** How many columns a text takes. Sequences of colour take none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** How many columns a character takes where a terminal does not join its parts: skin tones, flags, families. */
export function widestOf(character: string): number {
  const parts = [...character];
  const apart = parts.reduce((sum, part) => sum + widthOf(part), 0);
  return Math.max(widthOf(character), apart);
}

/**
 * Breaks a text into lines between words, or within one that is longer than a line.
 * @param first how many columns of the first line are taken already
 * @param indent how many columns of the others are left free
 */
export function wrapped(text: string, columns: number, first: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  let left = columns - first;
  const next = () => {
    lines.push(line.trimEnd());
    line = '';
    left = columns - indent;
  };
  for (const word of text.match(/\s+|\S+/g) ?? []) {
    const width = widthOf(word);
    if (width > left && word.trim() !== '' && line !== '' && width <= columns - indent) next();
    for (const character of width > left ? charactersOf(word) : [word]) {
      const wide = widthOf(character);
      if (wide > left && left < columns - indent) next();
      // A blank at the end of a line is not seen.
      if (line === '' && lines.length > 0 && character.trim() === '') continue;
      line += character;
      left -= wide;
    }
  }
  return [...lines, line];
}
