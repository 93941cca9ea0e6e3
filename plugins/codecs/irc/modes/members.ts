import type { RoomRole } from 'chatserv';
import type { ModeChange } from './mode-change.ts';

/** The mode that a role is in IRC. */
const LETTERS: Readonly<Record<RoomRole, string>> = {
  owner: 'o',
  moderator: 'o',
  speaker: 'v',
  member: '',
  reader: '',
};

/** The role of most members, which no mode stands for. */
export const USUAL: RoomRole = 'member';

/** The modes of members: operator and voice. */
export const MEMBER_MODES = 'ov';

/** The role that a mode makes of another; undefined if it changes nothing. */
export function roleAfter(role: RoomRole, letter: string, isOn: boolean): RoomRole | undefined {
  if (!isOn) return LETTERS[role] === letter ? USUAL : undefined;
  if (LETTERS[role] === 'o' || LETTERS[role] === letter) return undefined;
  return letter === 'o' ? 'moderator' : 'speaker';
}

/** A change of a role as modes of the member. */
export function roleChanges(before: RoomRole, after: RoomRole, nick: string): ModeChange[] {
  const [old, now] = [LETTERS[before], LETTERS[after]];
  if (old === now) return [];
  const changes = [
    { isOn: false, letter: old, param: nick },
    { isOn: true, letter: now, param: nick },
  ];
  return changes.filter(({ letter }) => letter !== '');
}
