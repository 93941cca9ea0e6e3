/** The scripts of UAX #31's table 5, each alone, and those that are written together (UTS #39, highly restrictive). */
const WRITTEN = [
  'Latin',
  'Latin Han Hiragana Katakana',
  'Latin Han Bopomofo',
  'Latin Han Hangul',
  ...['Arabic', 'Armenian', 'Bengali', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek', 'Gujarati'],
  ...['Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu'],
  ...['Thaana', 'Thai', 'Tibetan'],
].map((scripts) => scripts.split(' '));

/** Made for the first name that is not ASCII: compiling them takes longer than a start should. */
let patterns: readonly RegExp[] | undefined;

/** Whether the characters of a name belong together: all of one script, or of scripts that are written together. */
export function isOfOneScript(name: string): boolean {
  if (/^[\x21-\x7e]*$/.test(name)) return true;
  patterns ??= makePatterns();
  return patterns.some((pattern) => pattern.test(name));
}

/** A pattern for each, and one for the names without any of these scripts: the rare ones count as one. */
function makePatterns(): RegExp[] {
  const property = (script: string) => `\\p{scx=${script}}`;
  const common = ['Common', 'Inherited'].map(property).join('');
  const together = WRITTEN.map((scripts) => new RegExp(`^[${common}${scripts.map(property).join('')}]*$`, 'u'));
  return [...together, new RegExp(`^[^${WRITTEN.flat().map(property).join('')}]*$`, 'u')];
}
