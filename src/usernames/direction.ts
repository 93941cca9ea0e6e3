/** The blocks that Unicode keeps for the scripts written from right to left. */
const BLOCKS = String.raw`\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}`;
const EUROPEAN_DIGIT = /[0-9\u06f0-\u06f9]/;
const ARABIC_DIGIT = /[\u0660-\u0669\u{10d30}-\u{10d39}\u{10d40}-\u{10d49}]/u;

/** Of the bidirectional class R, AL or AN. */
const RIGHT_TO_LEFT = new RegExp(String.raw`[[${BLOCKS}]--[\p{M}\u06f0-\u06f9]]`, 'v');
/** Of the class L. */
const LEFT_TO_RIGHT = new RegExp(String.raw`[[\p{L}\p{Mc}\p{Nd}]--[0-9${BLOCKS}]]`, 'v');
const BEGINNING = new RegExp(`^(?!${ARABIC_DIGIT.source})${RIGHT_TO_LEFT.source}`, 'v');
const END = new RegExp(String.raw`(?:${RIGHT_TO_LEFT.source}|${EUROPEAN_DIGIT.source})\p{Mn}*$`, 'v');

/**
 * Whether a name can be read in one way only, in lines of either direction: RFC 5893's bidi rule, which RFC 8265 asks
 * of names with characters that are written from right to left.
 */
export function followsBidiRule(name: string): boolean {
  if (!RIGHT_TO_LEFT.test(name)) return true;
  if (!BEGINNING.test(name) || LEFT_TO_RIGHT.test(name) || !END.test(name)) return false;
  return !(ARABIC_DIGIT.test(name) && EUROPEAN_DIGIT.test(name));
}
