/** The codes of https://modern.ircdocs.horse/formatting that plain marks can stand for: bold and monospace. */
const BOLD = '\x02';
const MONOSPACE = '\x11';

/** Switches all formatting off. */
const RESET = '\x0f';

/**
 * The codes: bold, italics, underline, strikethrough, monospace, reverse and reset, of one character each, and colours
 * with one or two numbers or hex triplets.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are control characters
const CODES = /[\x02\x1d\x1f\x1e\x11\x16\x0f]|\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;

/** Text between the codes that marks can stand for, and these codes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are control characters
const PIECES = /[\x02\x11\x0f]|[^\x02\x11\x0f]+/g;

/** A text in marks, between which the marks of the same kind do not stand: code comes first, and bold holds no code. */
const MARKED = /`([^`]+)`|\*\*(?=\S)([^*`]*[^*`\s])\*\*/g;

/** Removes the formatting codes of IRC. */
export function stripFormatting(text: string): string {
  return text.replace(CODES, '');
}

/** Replaces bold and monospace by the marks `**` and a backquote, where text stands between them, and removes other codes. */
export function formattingAsMarks(text: string): string {
  let [isBold, isCode] = [false, false];
  let marked = '';
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece === BOLD) isBold = !isBold;
    else if (piece === MONOSPACE) isCode = !isCode;
    else if (piece === RESET) [isBold, isCode] = [false, false];
    else marked += withMarks(stripFormatting(piece), isBold, isCode);
  }
  return marked;
}

/** Marks do not begin or end with a blank. */
function withMarks(text: string, isBold: boolean, isCode: boolean): string {
  const mark = isCode ? '`' : isBold ? '**' : '';
  const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return inner === '' ? text : `${before}${mark}${inner}${mark}${after}`;
}

/** Replaces the marks of bold text and code by the codes. */
export function marksAsFormatting(text: string): string {
  return text.replace(MARKED, (_marked, code?: string, bold?: string) =>
    code === undefined ? `${BOLD}${bold}${BOLD}` : `${MONOSPACE}${code}${MONOSPACE}`,
  );
}
