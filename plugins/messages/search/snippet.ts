/** How much of a text is shown on a line, in characters, and how much of that comes before the first match. */
const LENGTH = 200;
const BEFORE = 60;

const MARKS = /\p{M}/gu;

/** The part of a text around the first of the phrases, with `…` where it was cut. */
export function snippetOf(text: string, phrases: readonly string[]): string {
  const letters = [...text];
  if (letters.length <= LENGTH) return text;
  const start = Math.max(0, Math.min(firstOf(letters, phrases) - BEFORE, letters.length - LENGTH));
  const part = letters.slice(start, start + LENGTH).join('');
  return `${start > 0 ? '…' : ''}${part.trim()}${start + LENGTH < letters.length ? '…' : ''}`;
}

/** Where the first phrase is, as the index compares texts; 0 if it is written in another way there. */
function firstOf(letters: readonly string[], phrases: readonly string[]): number {
  const folded = letters.map(fold);
  const all = folded.join('');
  const found = phrases.map((phrase) => all.indexOf(fold(phrase))).filter((at) => at >= 0);
  const first = found.length === 0 ? 0 : Math.min(...found);
  let length = 0;
  return folded.findIndex((letter) => {
    length += letter.length;
    return length > first;
  });
}

/** A text without case and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase();
}
