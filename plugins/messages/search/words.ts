/**
 * What counts as a word, for texts and queries alike, in every index. Loaded by the worker thread too: it must not import
 * `chatserv`.
 */

/** Numbers the rules of this file: an index that was built by others is built anew. */
export const VERSION = 2;

/**
 * Characters that are words of their own: those of scripts that are written without blanks between words or join endings
 * to them, and signs such as emoji. Combining marks stay with them.
 */
const SINGLE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{So}]\p{M}*/gu;

/** Marks that make no difference: on letters of these scripts, and on what is no letter. Elsewhere they are vowels. */
const ACCENTS = /(?=\p{M})(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Hebrew}\p{sc=Arabic}]|[^\p{L}\p{M}])\p{M}+/gu;

const WORD = /[\p{L}\p{N}\p{Co}\p{So}][\p{L}\p{N}\p{M}\p{Co}\p{So}]*/gu;
const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;

/** How much of a word counts, in UTF-16 code units. */
const LENGTH = 256;

/** The words of a text in their order, without case and accents, in one form of those that look the same. */
export function wordsIn(text: string): string[] {
  const lower = text.toLowerCase();
  const words = ASCII.test(lower) ? lower.match(ASCII_WORD) : folded(lower).replace(SINGLE, ' $& ').match(WORD);
  return (words ?? []).map((word) => (word.length <= LENGTH ? word : word.slice(0, LENGTH).toWellFormed()));
}

/** Whether a text contains all phrases, each as its words. */
export function containsPhrases(text: string, phrases: readonly (readonly string[])[]): boolean {
  const words = joined(wordsIn(text));
  return phrases.every((phrase) => words.includes(joined(phrase)));
}

function joined(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}

function folded(text: string): string {
  // Decomposed characters may have upper case, and the small sigma has two forms.
  return text.normalize('NFKD').replace(ACCENTS, '').toLowerCase().normalize('NFC').replaceAll('ς', 'σ');
}
