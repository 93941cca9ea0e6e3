import stringWidth from 'string-width';

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The graphemes of a text: characters with their marks, modifiers and joined parts. */
export function charactersOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is ASCII needs no segmenter
  if (/^[\u0000-\u007f]*$/.test(text)) return [...text];
  return Array.from(characters.segment(text), ({ segment }) => segment);
}

/** The width of a text in columns. Colour sequences have none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The width of a character if the terminal does not join its parts: skin tones, flags, families. */
export function widestOf(character: string): number {
  const parts = [...character];
  const apart = parts.reduce((sum, part) => sum + widthOf(part), 0);
  return Math.max(widthOf(character), apart);
}

/**
 * Wraps a text between words, or within a word that is longer than a line.
 * @param first how many columns of the first line are already used
 * @param indent how many columns the other lines are indented
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
      // A blank at the end of a line is invisible.
      if (line === '' && lines.length > 0 && character.trim() === '') continue;
      line += character;
      left -= wide;
    }
  }
  return [...lines, line];
}
