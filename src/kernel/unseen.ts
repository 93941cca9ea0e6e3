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

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
