import { nameKey } from 'chatserv/client';
import { element, icon } from './dom.ts';
import type { Talk } from './talks.ts';

/** How many colours the style sheet has for people. */
const HUES = 12;

/** The sender of announcements: no user can be called so. */
export const SERVER = '*server*';

/** Whether a name may be a user's: what plugins say, they say under names with an asterisk. */
export function isUserName(name: string): boolean {
  return !name.includes('*');
}

/** Who said something, where it is told in words. */
export function speakerOf(from: string): string {
  return from === SERVER ? 'Announcement' : from;
}

/** The class of a name's colour, the same wherever and whenever the name is shown. */
function hueOf(name: string): string {
  let hash = 2166136261;
  for (const character of nameKey(name)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return `hue-${((hash ^ (hash >>> 15)) >>> 0) % HUES}`;
}

/** The letter that stands for a name: its first character as a reader sees characters. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name);
  return (first?.segment ?? '?').toLocaleUpperCase();
}

/** A name as it may stand anywhere: whatever direction its letters run in, it disturbs nothing around it. */
export function isolated(name: string): HTMLElement {
  return element('bdi', {}, name);
}

/** Makes an element the face of a person. @returns the class of the colour */
export function wearFace(face: Element, name: string, online = false): string {
  const big = face.classList.contains('big') ? ' big' : '';
  const hue = hueOf(name);
  face.className = `face ${hue}${big}${online ? ' online' : ''}`;
  face.replaceChildren(initialOf(name));
  return hue;
}

/** Makes an element the face of a conversation: of the person, or the sign for several and for everyone. */
export function wearTalkFace(face: Element, { to }: Talk, isOnline: (name: string) => boolean): void {
  const [only] = to === 'everyone' ? [] : to;
  if (to.length === 1 && only !== undefined) {
    wearFace(face, only, isOnline(only));
    return;
  }
  face.className = `face plain${face.classList.contains('big') ? ' big' : ''}`;
  face.replaceChildren(icon(to === 'everyone' ? 'everyone' : 'several'));
}

/** What a conversation is called. */
export function titleOf({ to }: Pick<Talk, 'to'>): string {
  return to === 'everyone' ? 'Everyone' : to.join(', ');
}
