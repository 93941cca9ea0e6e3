/** Characters outside printable ASCII that are invisible, control a terminal, reorder text or end a line; and DEL. */
const UNSEEN = /[\u007f-\u009f]|(?=[^\0-\x7f])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes the invisible characters that JSON leaves as they are, so that it is safe to read at a terminal: DEL, C1,
 * bidirectional controls, line separators, and other format and unassigned characters.
 */
export function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, (unseen) =>
    [...Array(unseen.length).keys()].map((at) => escaped(unseen.charCodeAt(at))).join(''),
  );
}

/** Characters that could move a cursor, reorder text, or start a forged line. */
const ANY_UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text for a terminal, with invisible characters spelt out: `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(ANY_UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
