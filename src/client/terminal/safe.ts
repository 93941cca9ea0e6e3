/**
 * What could command a terminal or disturb a line: C0, DEL and C1, line and paragraph separators, and what turns the
 * direction of writing for more than a word, or cannot be seen at all (UTS #55). A flag's letters belong to the flag.
 */
const HOSTILE =
  /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u061c\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]*)[\u{e0000}-\u{e007f}]/gu;

/** Marks that are piled upon one letter, more than any script has. */
const PILED = /(\p{M}{8})\p{M}+/gu;

/** A text as it may be shown on one line: what is hostile is made visible as its number. */
export function shown(text: string): string {
  return text
    .replaceAll('\t', '    ')
    .replace(HOSTILE, (character) => `<${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}>`)
    .replace(PILED, '$1');
}

/** A text that is being typed or pasted, without what is hostile. */
export function harmless(text: string): string {
  return text.replaceAll('\t', ' ').replace(HOSTILE, '').replace(PILED, '$1');
}
