/** Names that normalisation and folding leave as they are, but for capitals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * The key that names are compared by: spellings with one key are one user. Compatibility normalisation and full case
 * folding, close to Unicode's toNFKC_Casefold, with what JavaScript has. Upper-casing unifies letters that only case
 * folding joins (ß and ss, ς and σ). Lower-casing before it handles the capital ẞ, which upper-casing leaves
 * alone; lower-casing after it gives the key its form.
 */
export function nameKey(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
