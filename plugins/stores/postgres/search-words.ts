/** Words, which contain letters, digits and signs only, as PostgreSQL's `tsvector` and `tsquery` read them. */

/** The lexeme of a text that is too long for the positions of all its words. No word is like it. */
const INCOMPLETE = '+';

/** PostgreSQL's limits: a word's positions, the last position, and the size of a vector, in bytes. */
const POSITIONS = 255;
const LAST_POSITION = 16_383;
const BYTES = 1_000_000;

/** About how much a vector keeps about a word and about a position, in bytes. */
const WORD_BYTES = 8;
const POSITION_BYTES = 2;

/** The words of a text with their positions, as a `tsvector`. */
export function vectorOf(words: readonly string[]): string {
  const positions = new Map<string, number[]>();
  let bytes = 0;
  let isComplete = true;
  for (const [i, word] of words.entries()) {
    const known = positions.get(word);
    bytes += POSITION_BYTES + (known === undefined ? WORD_BYTES + Buffer.byteLength(word) : 0);
    if (bytes > BYTES) {
      isComplete = false;
      break;
    }
    if (i >= LAST_POSITION || (known?.length ?? 0) >= POSITIONS) isComplete = false;
    else if (known !== undefined) known.push(i + 1);
    if (known === undefined) positions.set(word, i < LAST_POSITION ? [i + 1] : []);
  }
  const lexemes = [...positions].map(([word, at]) => (at.length === 0 ? quoted(word) : `${quoted(word)}:${at.join()}`));
  if (!isComplete) lexemes.push(quoted(INCOMPLETE));
  return lexemes.join(' ');
}

/** Phrases, each as its words, as a `tsquery`. Of texts without all positions it finds those that have the words. */
export function queryOf(phrases: readonly (readonly string[])[]): string {
  return phrases
    .map((words) => {
      const all = words.map(quoted);
      if (all.length <= 1) return all.join();
      return `((${all.join(' <-> ')}) | (${quoted(INCOMPLETE)} & ${all.join(' & ')}))`;
    })
    .join(' & ');
}

/** Where a message belongs, as a `tsvector`: its room, its sender, and the members of a direct conversation. */
export function scopeOf(room: number, sender: number, members: readonly number[] = []): string {
  return [roomWord(room), senderWord(sender), ...members.map(memberWord)].join(' ');
}

/** The lexemes of a scope. Guests have negative ids. */
export const roomWord = (room: number) => quoted(`r${room}`);
export const senderWord = (account: number) => quoted(`s${account}`);
export const memberWord = (account: number) => quoted(`m${account}`);

function quoted(word: string): string {
  return `'${word.replace(/['\\]/g, '$&$&')}'`;
}
