/** What must stay with the character before it: combining marks, joiners, and variation selectors among the marks. */
const CONTINUES = /^[\p{M}\u200d]/u;

/** Ends with a joiner, which ties the next character to it. */
const JOINS = /\u200d$/u;

/** How many characters a cut moves back so as not to take a cluster apart. */
const CLUSTER_MOST = 16;

/**
 * Splits a text into parts of at most so many bytes of UTF-8: after a blank if a part has one in its second half,
 * otherwise between characters. The parts joined are the text again.
 * @param bytes at least 4, the length of the longest character
 * @returns at least one part
 */
export function splitText(text: string, bytes: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (Buffer.byteLength(rest) > bytes) {
    const part = rest.slice(0, cutWithin(rest, bytes));
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}

function cutWithin(text: string, bytes: number): number {
  const longest = lengthWithin(text, bytes);
  const blank = text.lastIndexOf(' ', longest - 1);
  if (blank >= longest / 2) return blank + 1;
  let cut = longest;
  for (let moved = 0; moved < CLUSTER_MOST && cut > 0; moved += 1) {
    if (!CONTINUES.test(text.slice(cut, cut + 2)) && !JOINS.test(text.slice(0, cut))) return cut;
    cut -= (text.codePointAt(cut - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return longest;
}

/** How many UTF-16 units of a text fit into so many bytes, without half a character. */
function lengthWithin(text: string, bytes: number): number {
  let [length, used] = [0, 0];
  for (const char of text) {
    used += Buffer.byteLength(char);
    if (used > bytes) break;
    length += char.length;
  }
  return length;
}
