import { parseAddress } from '../addresses/address.ts';
import { nameKey } from '../api/names.ts';
import { followsBidiRule } from './direction.ts';
import { isOfOneScript } from './scripts.ts';

/** Why a name may not be registered: a word for programs, which docs/protocol.md explains. */
export type NameObjection =
  | 'empty'
  | 'too-long'
  | 'characters'
  | 'reserved'
  | 'address'
  | 'direction'
  | 'mixed-scripts';

/** What no name may contain beside white space and control characters: the characters that lines give a meaning to. */
const FORBIDDEN = /[\s\p{C}\p{Z}:,()[\]{}#*]/u;

/**
 * The characters of names: PRECIS's IdentifierClass (RFC 8264, 4.2 and 8). Compatibility characters, which have no
 * property of their own here, are told by their normalisation; the zero-width joiners are left out altogether.
 */
const IDENTIFIER =
  /^[[\x21-\x7e\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb]--[\p{DI}\p{NChar}\u0640\u07fa\u1100-\u11ff\u302e\u302f\u3031-\u3035\u303b\ua960-\ua97c\ud7b0-\ud7fb]]+$/v;

/** Characters in places where they may not stand (RFC 5892, appendix A.3 to A.6). */
const OUT_OF_PLACE = /(?<!l)\u00b7|\u00b7(?!l)|\u0375(?!\p{Script=Greek})|(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u;

/** A mark that would sit on what stands before the name, and marks that pile up (UTS #39, 5.4). */
const PILED_MARKS = /^\p{M}|(\p{Mn})\1|\p{Mn}{5}/u;

/** Full-width and half-width forms, which are the same characters for another width. */
const OTHER_WIDTH = /[\uff01-\uffee]/g;

/** Names of properties that every JavaScript object has: as names of users they are bait. */
const OBJECT_PROPERTIES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype'].map(nameKey));

/** The longest user name, in characters (Unicode code points). */
const NAME_LENGTH = 32;

/**
 * Why a name may not be registered, or undefined when it may: RFC 8265's UsernameCaseMapped and what docs/protocol.md
 * adds to it. What is taken, and what looks like it, a store knows.
 */
export function nameObjection(name: string): NameObjection | undefined {
  if (name === '') return 'empty';
  if (name.length > 2 * NAME_LENGTH || [...name].length > NAME_LENGTH) return 'too-long';
  if (!name.isWellFormed()) return 'characters';
  const key = nameKey(name);
  if ([...key].length > NAME_LENGTH) return 'too-long';
  if (OBJECT_PROPERTIES.has(key)) return 'reserved';
  // An admin who bans it would have to say which of both is meant.
  if (parseAddress(key) !== undefined) return 'address';
  // The key is looked at too: what a normalisation makes of a name shall be as good as the name.
  const shown = inOneWidth(name);
  if (![shown, key].every(isOfIdentifiers) || PILED_MARKS.test(key.normalize('NFD'))) return 'characters';
  if (!followsBidiRule(key)) return 'direction';
  return isOfOneScript(key) ? undefined : 'mixed-scripts';
}

/** Whether a person may register under this name. */
export function isName(name: string): boolean {
  return nameObjection(name) === undefined;
}

/** Whether a name breaks no line: what was registered under other rules may still be called so. */
export function isSafeName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !FORBIDDEN.test(name) && !FORBIDDEN.test(nameKey(name));
}

/** A name in the width that its characters usually have, composed (RFC 8265, 3.3.2, rules 1 and 4). */
export function inOneWidth(name: string): string {
  return name.replace(OTHER_WIDTH, (form) => form.normalize('NFKC')).normalize('NFC');
}

function isOfIdentifiers(text: string): boolean {
  return IDENTIFIER.test(text) && text.normalize('NFKC') === text && !FORBIDDEN.test(text) && isInPlace(text);
}

function isInPlace(text: string): boolean {
  if (OUT_OF_PLACE.test(text)) return false;
  // RFC 5892, A.7: the katakana middle dot stands among kana or Han; A.8 and A.9: one kind of Arabic digits.
  if (text.includes('\u30fb') && !/[\p{Script=Hira}\p{Script=Kana}\p{Script=Han}]/u.test(text)) return false;
  return !(/[\u0660-\u0669]/.test(text) && /[\u06f0-\u06f9]/.test(text));
}
