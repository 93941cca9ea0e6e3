/** Asks for the form in colour of a character that also has one in black and white. */
const IN_COLOUR = '\ufe0f';

/**
 * Reads a reaction: an emoji, or one of some words in any case.
 * @returns it in one form, however it was typed; undefined if it is neither
 */
export function reactionIn(text: string, words: readonly string[]): string | undefined {
  const emoji = [text, text + IN_COLOUR].find(isEmoji);
  return emoji ?? words.find((word) => word.toLowerCase() === text.toLowerCase());
}

/** Whether a text is one emoji, whatever it is made of: with a skin tone, a flag, a family. */
function isEmoji(text: string): boolean {
  // Compiling it takes 20 ms, so it does not stand outside, where it would be compiled at each start.
  return /^\p{RGI_Emoji}$/v.test(text);
}
