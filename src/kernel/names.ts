/** What a name may not contain beside white space and control characters: the characters that lines give a meaning to. */
const FORBIDDEN = /[\s\p{C}\p{Z}:,()[\]{}#*]/u;

/** Names of properties that every JavaScript object has: as names of users they are bait. */
const OBJECT_PROPERTIES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype'].map(nameKey));

/** The longest user name, in characters (Unicode code points). */
const NAME_LENGTH = 32;

/**
 * What names are compared by: two spellings with one key are one user.
 * Compatibility normalisation and case folding, as Unicode's toNFKC_Casefold does it, by what JavaScript has:
 * upper-casing first makes one form of the letters that only case folding joins (ß and ss, ς and σ).
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** Whether a person may register under this name: 1 to 32 characters, none with a meaning of its own in a line. */
export function isName(name: string): boolean {
  const length = name.length > 2 * NAME_LENGTH ? Number.POSITIVE_INFINITY : [...name].length;
  if (length < 1 || length > NAME_LENGTH || !name.isWellFormed()) return false;
  // The folded form is checked too: a full-width colon is a colon once it is normalised.
  return !FORBIDDEN.test(name) && !FORBIDDEN.test(nameKey(name)) && !OBJECT_PROPERTIES.has(nameKey(name));
}
