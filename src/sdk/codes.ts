import { createHash, randomInt } from 'node:crypto';

/** Letters and digits of which none looks like another (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code has three groups of five characters. */
const GROUP = 5;
const LENGTH = 3 * GROUP;

const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** What people may type for a digit. */
const MISTAKEN: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** Makes a random code for people to pass on and type, such as `K7QDM-2XH9W-RT4CF`. It has 75 bits: store only its hash. */
export function newCode(): string {
  const characters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [0, 1, 2].map((group) => characters.slice(group * GROUP, (group + 1) * GROUP)).join('-');
}

/**
 * The hash of a code, in any case, with or without hyphens.
 * @returns undefined for a text that cannot be a code
 */
export function codeHash(text: string): string | undefined {
  if (text.length > 2 * LENGTH) return undefined;
  const code = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => MISTAKEN[letter] ?? letter);
  return CODE.test(code) ? createHash('sha256').update(code).digest('hex') : undefined;
}
