import { nameKey } from 'chatserv/client';
import { element, icon } from './dom.ts';
import { isRoom, type Talk } from './talks.ts';

/** How many colours the style sheet has for people. */
const HUES = 12;

/** The sender of announcements. No user can have this name. */
export const SERVER = '*server*';

/** Whether a name can be a user's: plugins send messages under names with an asterisk. */
export function isUserName(name: string): boolean {
  return !name.includes('*');
}

/** The sender of a message, for sentences. */
export function speakerOf(from: string): string {
  return from === SERVER ? 'Announcement' : from;
}

/** The class of a name's colour, which is always the same. */
function hueOf(name: string): string {
  let hash = 2166136261;
  for (const character of nameKey(name)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return `hue-${((hash ^ (hash >>> 15)) >>> 0) % HUES}`;
}

/** The initial of a name: its first grapheme. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name);
  return (first?.segment ?? '?').toLocaleUpperCase();
}

/** A name, isolated so that its writing direction does not affect the text around it. */
export function isolated(name: string): HTMLElement {
  return element('bdi', {}, name);
}

/** Turns an element into a person's avatar. @returns the class of the colour */
export function wearFace(face: Element, name: string, online = false): string {
  const big = face.classList.contains('big') ? ' big' : '';
  const hue = hueOf(name);
  face.className = `face ${hue}${big}${online ? ' online' : ''}`;
  face.replaceChildren(initialOf(name));
  return hue;
}

/** Turns an element into a conversation's avatar: the person's, or the icon for several or for everyone. */
export function wearTalkFace(face: Element, { to }: Talk, isOnline: (name: string) => boolean): void {
  const [only] = to === 'everyone' ? [] : to;
  if (to.length === 1 && only !== undefined && !isRoom(to)) {
    wearFace(face, only, isOnline(only));
    return;
  }
  face.className = `face plain${face.classList.contains('big') ? ' big' : ''}`;
  face.replaceChildren(icon(to === 'everyone' ? 'everyone' : isRoom(to) ? 'room' : 'several'));
}

/** The title of a conversation. */
export function titleOf({ to }: Pick<Talk, 'to'>): string {
  return to === 'everyone' ? 'Everyone' : to.join(', ');
}
