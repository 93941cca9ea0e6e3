import { nameKey } from 'chatserv/client';
import { isRoom, SERVER, type Talk } from '../model/talk.ts';
import { Icon } from './icon.tsx';

/** How many colours the style sheet has for people. */
const HUES = 12;

/** Whether a name can be a user's: plugins send messages under names with an asterisk. */
export function isUserName(name: string): boolean {
  return !name.includes('*');
}

/** The sender of a message, for sentences. */
export function speakerOf(from: string): string {
  return from === SERVER ? 'Announcement' : from;
}

/** What has happened. A name at its beginning does not decide in which direction it is read. */
export function Told({ from, text }: { readonly from: string; readonly text: string }) {
  if (!text.startsWith(`${from} `)) return <>{text}</>;
  return (
    <>
      <bdi>{from}</bdi>
      {text.slice(from.length)}
    </>
  );
}

/** What a name always looks like. */
interface Look {
  readonly hue: string;
  readonly initial: string;
}

const looks = new Map<string, Look>();

/** The most names whose look is kept. */
const LOOKS = 2_000;

/** The class of a name's colour, and its initial: its first grapheme. */
function lookOf(name: string): Look {
  const known = looks.get(name);
  if (known !== undefined) return known;
  let hash = 2166136261;
  for (const character of nameKey(name)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  const [first] = new Intl.Segmenter().segment(name);
  const hue = `hue-${((hash ^ (hash >>> 15)) >>> 0) % HUES}`;
  const look = { hue, initial: (first?.segment ?? '?').toLocaleUpperCase() };
  if (looks.size >= LOOKS) looks.clear();
  looks.set(name, look);
  return look;
}

/** The class of a name's colour. */
export function hueOf(name: string): string {
  return lookOf(name).hue;
}

/** A person's avatar. */
export function Face({ name, isOnline = false }: { readonly name: string; readonly isOnline?: boolean }) {
  const { hue, initial } = lookOf(name);
  return (
    <span class={`face ${hue}${isOnline ? ' online' : ''}`} aria-hidden="true">
      {initial}
    </span>
  );
}

/** A conversation's avatar: the person's, or the icon for several or for everyone. */
export function TalkFace({
  to,
  isOnline,
  isBig = false,
}: Pick<Talk, 'to'> & { readonly isOnline: (name: string) => boolean; readonly isBig?: boolean }) {
  const big = isBig ? ' big' : '';
  const only = personIn(to);
  if (only !== undefined) {
    const { hue, initial } = lookOf(only);
    return (
      <span class={`face ${hue}${big}${isOnline(only) ? ' online' : ''}`} aria-hidden="true">
        {initial}
      </span>
    );
  }
  return (
    <span class={`face plain${big}`} aria-hidden="true">
      <Icon name={to === 'everyone' ? 'everyone' : isRoom(to) ? 'room' : 'several'} />
    </span>
  );
}

/** The person that a conversation is with, if it is with one. */
export function personIn(to: Talk['to']): string | undefined {
  return to === 'everyone' || to.length > 1 || isRoom(to) ? undefined : to[0];
}

/** The title of a conversation. */
export function titleOf({ to }: Pick<Talk, 'to'>): string {
  return to === 'everyone' ? 'Everyone' : to.join(', ');
}
