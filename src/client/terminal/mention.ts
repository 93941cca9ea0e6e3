import { nameKey } from '../../api/names.ts';
import type { Received } from '../owner.ts';

/** Whether a text contains a name as a separate word. */
export function mentions(text: string, name: string): boolean {
  if (name === '') return false;
  const word = Array.from(nameKey(name), (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`).join('');
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${word}(?![\\p{L}\\p{M}\\p{N}])`, 'u').test(nameKey(text));
}

/** Whether a message mentions a person, as the server says or by the name alone. */
export function isMentionOf({ text, mentions: named = [], mentionsAll = false }: Received, me: string): boolean {
  return mentionsAll || named.includes(me) || mentions(text, me);
}

/** Whether a message needs a person's attention: it is private or mentions them. */
export function isFor(message: Received, me: string): boolean {
  return message.from !== me && (message.audience === 'named' || isMentionOf(message, me));
}
