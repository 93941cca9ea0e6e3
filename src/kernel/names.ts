/**
 * What names are compared by: two spellings with one key are one user.
 * Compatibility normalisation and full case folding, as Unicode's toNFKC_Casefold does it, by what JavaScript has.
 * Upper-casing makes one form of the letters that only case folding joins (ß and ss, ς and σ); lower-casing comes
 * before it for the capital ẞ, which is upper case already, and after it for the form to keep.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
