import { nameKey, type Received } from 'chatserv/client';

/** Finds the name of a user after an `@`. */
function patternOf(name: string): RegExp {
  const word = Array.from(nameKey(name), (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`).join('');
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])[@\uff20]${word}(?![\\p{L}\\p{M}\\p{N}])`, 'u');
}

let known: { readonly name: string; readonly pattern: RegExp } | undefined;

/** Whether a text mentions a user by name. */
export function mentions(text: string, name: string): boolean {
  if (name === '' || !/[@\uff20]/.test(text)) return false;
  if (known?.name !== name) known = { name, pattern: patternOf(name) };
  return known.pattern.test(nameKey(text));
}

/** Whether a message mentions a user, as the server says or by the name alone. */
export function isMentionOf({ text, mentions: named = [], mentionsAll = false }: Received, me: string): boolean {
  return mentionsAll || named.includes(me) || mentions(text, me);
}
