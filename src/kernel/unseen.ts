/** What nobody sees, or what commands a terminal, turns the direction of writing, or ends a line: beyond ASCII, and DEL. */
const UNSEEN = /[\u007f-\u009f]|(?=[^\0-\x7f])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * JSON in which whatever is unseen is escaped, for who reads it at a terminal: DEL and C1, what turns the direction of
 * writing, separators of lines, and all else that Unicode does not show. C0 is escaped in all JSON.
 */
export function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, (unseen) =>
    [...Array(unseen.length).keys()].map((at) => escaped(unseen.charCodeAt(at))).join(''),
  );
}

/** Whatever could move a cursor, reorder text, or begin a line that nobody wrote. */
const ANY_UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text for a terminal, with everything unseen spelt out: `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(ANY_UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
