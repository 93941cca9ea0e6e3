/**
 * What counts as a word, for texts and queries alike. Loaded by the worker thread too: it must not import `chatserv`.
 */

/**
 * Characters that are words of their own: those of scripts that are written without blanks between words or join endings
 * to them, and signs such as emoji. Combining marks stay with them.
 */
const SINGLE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{So}]\p{M}*/gu;

const WORD = /[\p{L}\p{N}\p{Co}\p{So}]/u;

/** The tokenizer of SQLite's FTS5: it takes words apart where `spaced` leaves them whole, and ignores case and accents. */
export const TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* Co So'";

/** A text in which blanks surround characters that are words of their own, in one form of those that look the same. */
export function spaced(text: string): string {
  return text.normalize('NFKC').replace(SINGLE, ' $& ');
}

/** Whether a text contains anything that can be searched for. */
export function hasWords(text: string): boolean {
  return WORD.test(text.normalize('NFKC'));
}

/** What would end a phrase: a quotation mark, and NUL, which ends any text for SQLite. */
const ENDS = /["\0]/g;

/** A phrase as FTS5 reads it, whatever it contains. */
export function quoted(phrase: string): string {
  return `"${spaced(phrase).replace(ENDS, ' ')}"`;
}
