import { nameKey } from './names.ts';

/** The words that mention everyone in a room. */
const EVERYONE_WORDS: ReadonlySet<string> = new Set(['all', 'everyone']);

/** Text in backquotes, which mentions nobody. */
const QUOTED = /(?<!`)(`+)[^`]+\1(?!`)/g;

/**
 * An `@` and what may be a name. The `@` does not follow a letter, a digit or a sign of an address, so an email address is
 * none; scripts that are written without blanks may precede it.
 */
const MENTION =
  /(?<=^|[^\p{L}\p{M}\p{N}._%+\-/@＠]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[@＠]([^\s:,()[\]{}#*`]{1,64})/gu;

/** The end of a sentence, or a closing mark, at the end of a word. */
const TRAILING = /[^\p{L}\p{M}\p{N}]+$/u;

/** The letters and digits at the start of a word, and the signs that are usual in names. */
const PLAIN = /^[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_]/u;
const PLAINEST = /^[\p{L}\p{M}\p{N}]+/u;

/** A mention as it is written: the names that it may be of, the longest first. `@bob's.` may be of `bob's.` or `bob`. */
export type WrittenMention = readonly string[];

/** The mentions in a text: each `@` that a name may follow. Returns at once for a text without `@`. */
export function mentionsIn(text: string): WrittenMention[] {
  if (!text.includes('@') && !text.includes('＠')) return [];
  return Array.from(text.replace(QUOTED, ' ').matchAll(MENTION), ([, word = '']) => {
    const shorter = [PLAIN, PLAINEST].map((pattern) => pattern.exec(word)?.[0] ?? '');
    return [...new Set([word, word.replace(TRAILING, ''), ...shorter])].filter((name) => name !== '');
  }).filter(({ length }) => length > 0);
}

/** Whether a mention is of everyone in its room: `@all` or `@everyone`. */
export function isOfEveryone(mention: WrittenMention): boolean {
  return mention.some((name) => EVERYONE_WORDS.has(nameKey(name)));
}
