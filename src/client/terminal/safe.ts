/**
 * Characters that could control a terminal or break a line: C0, DEL and C1, line and paragraph separators, those that
 * change the writing direction beyond a word, and invisible ones (UTS #55). The letters of a flag are part of the flag.
 */
const HOSTILE =
  /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u061c\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]*)[\u{e0000}-\u{e007f}]/gu;

/** More marks on one letter than any script uses. */
const PILED = /(\p{M}{8})\p{M}+/gu;

/** A text on one line, as the line protocol has it. */
export function onOneLine(text: string): string {
  return text.replace(/\n+/g, ' ');
}

/** A text that is safe to show on one line: hostile characters are shown as their code points. */
export function shown(text: string): string {
  return onOneLine(text)
    .replaceAll('\t', '    ')
    .replace(HOSTILE, (character) => `<${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}>`)
    .replace(PILED, '$1');
}

/** Typed or pasted text, without hostile characters. */
export function harmless(text: string): string {
  return onOneLine(text).replaceAll('\t', ' ').replace(HOSTILE, '').replace(PILED, '$1');
}
