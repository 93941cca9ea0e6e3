/**
 * The codes of https://modern.ircdocs.horse/formatting: bold, italics, underline, strikethrough, monospace, reverse and
 * reset, of one character each, and colours with one or two numbers or hex triplets.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are control characters
const CODES = /[\x02\x1d\x1f\x1e\x11\x16\x0f]|\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;

/** Removes the formatting codes of IRC. */
export function stripFormatting(text: string): string {
  return text.replace(CODES, '');
}
