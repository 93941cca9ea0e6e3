/** Stands before a digit for a character that PostgreSQL cannot store, or for itself. SUBSTITUTE, which no text needs. */
const ESCAPE = '\x1a';

/** Escapes NUL, which PostgreSQL's `text` lacks. All other characters stay, so SQL reads and compares texts as they are. */
export function escapeText(text: string): string {
  if (!text.includes('\0') && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll('\0', `${ESCAPE}0`);
}

/** Restores what `escapeText` was given. */
export function unescapeText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}1`, ESCAPE);
}
