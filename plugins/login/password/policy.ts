import { nameKey } from 'chatserv';
import { preparedSecret } from './hash.ts';

/** How long a new password may be, in characters. */
export interface Lengths {
  readonly minLength: number;
  readonly maxLength: number;
}

/** Loaded for the first new password, since many servers never need it, and kept for the process. */
let commonest: Promise<ReadonlySet<string>> | undefined;

/** Why a secret cannot be the password of a user, as one word; undefined if it can. */
export async function objectionTo(name: string, secret: string, lengths: Lengths): Promise<string | undefined> {
  const prepared = preparedSecret(secret);
  const { length } = [...prepared];
  if (length < lengths.minLength) return 'too-short';
  if (length > lengths.maxLength) return 'too-long';
  // Controls and lone surrogates cannot be typed on a plain line.
  if (/\p{Cc}/u.test(prepared) || !prepared.isWellFormed()) return 'characters';
  if (isLike(name, prepared, lengths.minLength)) return 'like-the-name';
  commonest ??= loadCommonest();
  return (await commonest).has(prepared.toLowerCase()) ? 'common' : undefined;
}

/** Whether a secret is the name, once or more, in either direction, plus fewer than `minLength` digits and signs. */
function isLike(name: string, secret: string, minLength: number): boolean {
  const [key, word] = [nameKey(name), nameKey(secret)];
  const rest = word.replaceAll(key, '').replaceAll([...key].reverse().join(''), '');
  return rest !== word && [...rest].length < minLength && !/\p{L}/u.test(rest);
}

/** The most common passwords, in lower case. */
async function loadCommonest(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].map((word) => String(word).toLowerCase()));
}
